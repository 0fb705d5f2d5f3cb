package programs

// root is a public root that older systems lack.
type root struct {
	sha256  string // of the certificate
	missing []system
	source  string // where that is documented, read on [Dated]
}

// system is one that has a root since some version, if installed without later
// updates. Windows is left out because it fetches roots when it needs them.
// Thunderbird has the root store of the Firefox with the same version number.
type system struct{ name, before string }

var (
	ofLetsEncrypt1 = []system{
		{"Android", "7.1.1"},
		{"iOS", "10"},
		{"macOS", "10.12.1"},
		{"Java 7", "7u151"},
		{"Java 8", "8u141"},
		{"Thunderbird", "50"},
		{"Debian", "8"},
	}
	ofLetsEncrypt2 = []system{
		{"Android", "14"}, {"iOS", "16"}, {"macOS", "13"}, {"Java", "21.0.2"}, {"Thunderbird", "97"}, {"Debian", "12"},
	}
	ofUserTrust = []system{
		{"Android", "5.1"}, {"iOS", "10"}, {"macOS", "10.12.1"}, {"Java 8", "8u51"}, {"Thunderbird", "36"},
	}
	ofSectigo = []system{{"Android", "14"}, {"Thunderbird", "116"}}
)

const (
	letsEncrypt = "https://letsencrypt.org/docs/certificate-compatibility/"
	userTrust   = "https://www.sectigo.com/knowledge-base/detail/Sectigo-Root-Certificates/kA03l000000c4KVCAY"
	sectigo     = "https://www.sectigo.com/knowledge-base/detail/Sectigo-Public-Root-CAs-Migration"
)

// lacked lists roots of large authorities that some systems are known to lack.
var lacked = []root{
	{"96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6", ofLetsEncrypt1, letsEncrypt}, // ISRG Root X1
	{"69729b8e15a86efc177a57afb7171dfc64add28c2fca8cf1507e34453ccb1470", ofLetsEncrypt2, letsEncrypt}, // ISRG Root X2
	{"e793c9b02fd8aa13e21c31228accb08119643b749c898964b1746d46c3d4cbd2", ofUserTrust, userTrust},      // USERTrust RSA Certification Authority
	{"4ff460d54b9c86dabfbcfc5712e0400d2bed3fbc4d4fbdaa86e06adcd2a9ad7a", ofUserTrust, userTrust},      // USERTrust ECC Certification Authority
	{"7bb647a62aeeac88bf257aa522d01ffea395e0ab45c73f93f65654ec38f25a06", ofSectigo, sectigo},          // Sectigo Public Server Authentication Root R46
	{"c90f26f0fb1b4018b22227519b5ca2b53e2ca5b3be5cf18efe1bef47380c5383", ofSectigo, sectigo},          // Sectigo Public Server Authentication Root E46
}
