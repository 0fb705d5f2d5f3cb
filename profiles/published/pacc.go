package published

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"maildoctor/probe/stage"
)

// paccFile is the JSON of draft-ietf-mailmaint-pacc, as far as it concerns mail. What
// tells about it is read apart, so that a slip there leaves the servers alone.
type paccFile struct {
	Protocols      map[string]json.RawMessage `json:"protocols"`
	Authentication json.RawMessage            `json:"authentication"`
	Info           json.RawMessage            `json:"info"`
}

// paccInfo is the part that people read.
type paccInfo struct {
	Provider struct {
		Name      string `json:"name"`
		ShortName string `json:"shortName"`
	} `json:"provider"`
	Help struct {
		Documentation string `json:"documentation"`
	} `json:"help"`
}

// paccServer is one of its protocols. The draft knows host and url alone: the port is
// that of the protocol with TLS from the first byte.
type paccServer struct {
	Host     string          `json:"host"`
	URL      string          `json:"url"`
	Port     json.RawMessage `json:"port"`
	Security string          `json:"security"`
}

// paccKeys are the keys for mail, in the order in which they are read. The draft called
// the last one smtp, and calls it submit since its third version.
var paccKeys = []string{"imap", "pop3", "submit", "smtp"}

// paccProtocol returns the protocol of a key.
func paccProtocol(key string) stage.Protocol {
	if key == "submit" {
		return stage.SMTP
	}
	return stage.Protocol(key)
}

// ReadPACC reads a provider's user-agent-configuration.json. Whether it is the
// provider's is for [PACCDigest] to say. The format has no user names: they are taken to
// be whole addresses. The error is an [*Error].
func ReadPACC(data []byte) (*Document, error) {
	text, problem := jsonText(data)
	if problem != nil {
		return nil, problem
	}
	var file paccFile
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, jsonError(text, err)
	}
	d := &Document{}
	d.readPACCInfo(file.Info)
	d.readPACCServers(file)
	if len(d.Servers)+len(d.Others) == 0 {
		return nil, d.empty(`one within "protocols", such as "imap": {"host": "imap.example.com"}`)
	}
	return d, nil
}

func (d *Document) readPACCInfo(raw json.RawMessage) {
	var info paccInfo
	if raw != nil && json.Unmarshal(raw, &info) != nil {
		d.remark(0, "info: found %s, expected the names and links of a provider", quote(string(raw)))
	}
	short := func(s string) string {
		if len(s) > maxValue {
			return ""
		}
		return oneLine(s)
	}
	d.Name, d.ShortName = short(info.Provider.Name), short(info.Provider.ShortName)
	if help := short(info.Help.Documentation); isWebAddress(help) {
		d.Documentation = []Link{{URL: help}}
	}
}

func (d *Document) readPACCServers(file paccFile) {
	methods := d.paccMethods(file.Authentication)
	for _, key := range paccKeys {
		if raw, ok := file.Protocols[key]; ok && string(raw) != "null" {
			d.readPACCServer(key, raw, methods)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(file.Protocols)) {
		if !slices.Contains(paccKeys, key) {
			d.readPACCOther(key, file.Protocols[key])
		}
	}
}

func (d *Document) readPACCServer(key string, raw json.RawMessage, methods []Authentication) {
	var p paccServer
	if err := json.Unmarshal(raw, &p); err != nil {
		d.ignored(0, `%s: found %s, expected an object such as {"host": "mail.example.com"}`, key, quote(strings.Trim(string(raw), `"`)))
		return
	}
	host, ok := hostName(p.Host)
	if !ok {
		d.ignored(0, "%s: found the host %s, expected the name of a server such as mail.example.com", key, quote(p.Host))
		return
	}
	s := Server{Endpoint: stage.Endpoint{Protocol: paccProtocol(key), Host: host}, User: FullAddress, Authentication: methods}
	if !d.readPACCPort(key, p, &s) || slices.ContainsFunc(d.Servers, func(o Server) bool { return o.Endpoint == s.Endpoint }) {
		return
	}
	d.Servers = append(d.Servers, s)
}

// readPACCPort gives the server the port of its protocol with TLS. A file that names
// another, or a mode, is beyond the draft; what it says is taken.
func (d *Document) readPACCPort(key string, p paccServer, s *Server) bool {
	s.Port, s.Security = tlsPorts[s.Protocol], stage.TLS
	if p.Port != nil && string(p.Port) != "null" {
		var ok bool
		if s.Port, ok = portNumber(strings.Trim(string(p.Port), `"`)); !ok {
			d.ignored(0, "%s: found the port %s, expected a number from 1 to 65535", key, quote(string(p.Port)))
			return false
		}
		if opensInClear(s.Protocol, s.Port) {
			s.Security = stage.StartTLS
		}
	}
	if p.Security != "" {
		mode := stage.Security(strings.ToLower(p.Security))
		if known, ok := modes[string(mode)]; ok {
			mode = known
		}
		if mode != stage.TLS && mode != stage.StartTLS && mode != stage.None {
			d.ignored(0, "%s: found the security %s, expected tls", key, quote(p.Security))
			return false
		}
		s.Security = mode
		if p.Port == nil {
			s.Port = usualPort(s.Protocol, mode)
		}
	}
	if s.Port != tlsPorts[s.Protocol] || s.Security != stage.TLS {
		d.remark(0, "%s: found port %d with %s, where the format has port %d with TLS alone", key, s.Port, s.Security, tlsPorts[s.Protocol])
	}
	return true
}

func (d *Document) readPACCOther(key string, raw json.RawMessage) {
	var p paccServer
	if json.Unmarshal(raw, &p) != nil || len(key)+len(p.URL)+len(p.Host) > maxValue || len(d.Others) == maxServers {
		return
	}
	d.Others = append(d.Others, Other{oneLine(strings.ToLower(key)), oneLine(cmp.Or(p.URL, p.Host))})
}

// paccMethods reads the ways to log in, which hold for all servers.
func (d *Document) paccMethods(all json.RawMessage) []Authentication {
	var list map[string]json.RawMessage
	if all != nil && json.Unmarshal(all, &list) != nil {
		d.remark(0, `authentication: found %s, expected an object such as {"password": true}`, quote(string(all)))
	}
	var out []Authentication
	if raw, ok := list["oauth-public"]; ok && string(raw) != "null" {
		var o struct {
			Issuer string `json:"issuer"`
		}
		if err := json.Unmarshal(raw, &o); err != nil || len(o.Issuer) > maxValue {
			d.remark(0, `oauth-public: found %s, expected an object such as {"issuer": "https://example.com"}`, quote(string(raw)))
		} else if issuer := oneLine(o.Issuer); issuer != "" {
			d.OAuth2 = []OAuth2{{Issuer: issuer}}
		}
		out = append(out, Authentication{OAuth2Token, "oauth-public"})
	}
	if string(list["password"]) == "true" {
		out = append(out, Authentication{PasswordCleartext, "password"})
	}
	return out
}
