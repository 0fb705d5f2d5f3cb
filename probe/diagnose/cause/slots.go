package cause

import (
	"strings"

	"maildoctor/probe/prose"
)

// Slot is a place on a page that a rule fills, or a condition on which lines depend.
// Slots are made only in the table below, so that a rule can't name one that no page
// uses.
type Slot struct{ name string }

// String returns the name of the slot, as pages write it.
func (s Slot) String() string { return s.name }

// The slots of all pages.
var (
	SlotAccepted       = Slot{"accepted"}
	SlotAddress        = Slot{"address"}
	SlotAreOffered     = Slot{"are_offered"}
	SlotBanner         = Slot{"banner"}
	SlotBits           = Slot{"bits"}
	SlotBrowser        = Slot{"browser"}
	SlotBy             = Slot{"by"}
	SlotDays           = Slot{"days"}
	SlotDead           = Slot{"dead"}
	SlotFamily         = Slot{"family"}
	SlotFigures        = Slot{"figures"}
	SlotFingerprint    = Slot{"fingerprint"}
	SlotFirstBytes     = Slot{"first_bytes"}
	SlotFound          = Slot{"found"}
	SlotFrom           = Slot{"from"}
	SlotGetLost        = Slot{"get_lost"}
	SlotHaveNone       = Slot{"have_none"}
	SlotHost           = Slot{"host"}
	SlotInside         = Slot{"inside"}
	SlotInstead        = Slot{"instead"}
	SlotIssuer         = Slot{"issuer"}
	SlotMechanism      = Slot{"mechanism"}
	SlotName           = Slot{"name"}
	SlotNames          = Slot{"names"}
	SlotNamesake       = Slot{"namesake"}
	SlotNoneHolds      = Slot{"none_holds"}
	SlotNetwork        = Slot{"network"}
	SlotOffered        = Slot{"offered"}
	SlotOpen           = Slot{"open"}
	SlotParty          = Slot{"party"}
	SlotPlace          = Slot{"place"}
	SlotProgram        = Slot{"program"}
	SlotSeveral        = Slot{"several"}
	SlotProtocol       = Slot{"protocol"}
	SlotProvider       = Slot{"provider"}
	SlotRefusesAs      = Slot{"refuses_as"}
	SlotRenewed        = Slot{"renewed"}
	SlotRecipient      = Slot{"recipient"}
	SlotReply          = Slot{"reply"}
	SlotSaid           = Slot{"said"}
	SlotSeen           = Slot{"seen"}
	SlotServers        = Slot{"servers"}
	SlotSubmission     = Slot{"submission"}
	SlotSuite          = Slot{"suite"}
	SlotTakesOut       = Slot{"takes_out"}
	SlotTLSPort        = Slot{"tls_port"}
	SlotUnderstands    = Slot{"understands"}
	SlotUntil          = Slot{"until"}
	SlotUsed           = Slot{"used"}
	SlotVersion        = Slot{"version"}
	SlotWait           = Slot{"wait"}
	SlotWanted         = Slot{"wanted"}
	SlotWhat           = Slot{"what"}
	SlotWorks          = Slot{"works"}
	SlotAbove          = Slot{"above"}
	SlotAgrees         = Slot{"agrees"}
	SlotAlertName      = Slot{"alert_name"}
	SlotAnswers        = Slot{"answers"}
	SlotAsked          = Slot{"asked"}
	SlotAstray         = Slot{"astray"}
	SlotAtSender       = Slot{"at_sender"}
	SlotBinding        = Slot{"binding"}
	SlotAt25           = Slot{"at_25"}
	SlotAtHost         = Slot{"at_host"}
	SlotAtLogin        = Slot{"at_login"}
	SlotAtOnce         = Slot{"at_once"}
	SlotAtTLSPort      = Slot{"at_tls_port"}
	SlotAudience       = Slot{"audience"}
	SlotByPort         = Slot{"by_port"}
	SlotCatalogue      = Slot{"catalogue"}
	SlotChanges        = Slot{"changes"}
	SlotConfigured     = Slot{"configured"}
	SlotFailing        = Slot{"failing"}
	SlotInClear        = Slot{"in_clear"}
	SlotNameAlone      = Slot{"name_alone"}
	SlotConfirmed      = Slot{"confirmed"}
	SlotCured          = Slot{"cured"}
	SlotCut            = Slot{"cut"}
	SlotDefault        = Slot{"default"}
	SlotDiffers        = Slot{"differs"}
	SlotDNSSEC         = Slot{"dnssec"}
	SlotEncoding       = Slot{"encoding"}
	SlotEndless        = Slot{"endless"}
	SlotEvery          = Slot{"every"}
	SlotEveryWay       = Slot{"every_way"}
	SlotEverywhere     = Slot{"everywhere"}
	SlotExpired        = Slot{"expired"}
	SlotExtended       = Slot{"extended"}
	SlotFetchFirst     = Slot{"fetch_first"}
	SlotGiven          = Slot{"given"}
	SlotHere           = Slot{"here"}
	SlotIfOffered      = Slot{"if_offered"}
	SlotInvented       = Slot{"invented"}
	SlotKnown          = Slot{"known"}
	SlotLarger         = Slot{"larger"}
	SlotLate           = Slot{"late"}
	SlotLearnt         = Slot{"learnt"}
	SlotLed            = Slot{"led"}
	SlotLets           = Slot{"lets"}
	SlotLiteral        = Slot{"literal"}
	SlotLoggedIn       = Slot{"logged_in"}
	SlotLoginNote      = Slot{"login_note"}
	SlotLossy          = Slot{"lossy"}
	SlotLostAnswer     = Slot{"lost_answer"}
	SlotLostName       = Slot{"lost_name"}
	SlotMailAlone      = Slot{"mail_alone"}
	SlotMany           = Slot{"many"}
	SlotMaybe          = Slot{"maybe"}
	SlotMixed          = Slot{"mixed"}
	SlotNear           = Slot{"near"}
	SlotNoEHLO         = Slot{"no_ehlo"}
	SlotNoLogin        = Slot{"no_login"}
	SlotNoRoots        = Slot{"no_roots"}
	SlotNoStartTLS     = Slot{"no_starttls"}
	SlotNoWay          = Slot{"no_way"}
	SlotNobody         = Slot{"nobody"}
	SlotNote           = Slot{"note"}
	SlotNoteURL        = Slot{"note_url"}
	SlotNowAndThen     = Slot{"now_and_then"}
	SlotOdd            = Slot{"odd"}
	SlotOff            = Slot{"off"}
	SlotOldPasses      = Slot{"old_passes"}
	SlotOneName        = Slot{"one_name"}
	SlotOnly25         = Slot{"only25"}
	SlotOnly6          = Slot{"only6"}
	SlotOnlyHere       = Slot{"only_here"}
	SlotOther          = Slot{"other"}
	SlotOtherWay       = Slot{"other_way"}
	SlotOthers         = Slot{"others"}
	SlotOver           = Slot{"over"}
	SlotOwn            = Slot{"own"}
	SlotOwnCertificate = Slot{"own_certificate"}
	SlotOwnPassword    = Slot{"own_password"}
	SlotPortal         = Slot{"portal"}
	SlotPreauth        = Slot{"preauth"}
	SlotPrefix         = Slot{"prefix"}
	SlotProof          = Slot{"proof"}
	SlotProxy          = Slot{"proxy"}
	SlotPublic         = Slot{"public"}
	SlotRefuses        = Slot{"refuses"}
	SlotRejected       = Slot{"rejected"}
	SlotResolver       = Slot{"resolver"}
	SlotRightAt        = Slot{"right_at"}
	SlotRoundTrip      = Slot{"round_trip"}
	SlotRouter         = Slot{"router"}
	SlotSeenAt         = Slot{"seen_at"}
	SlotSent           = Slot{"sent"}
	SlotSentFull       = Slot{"sent_full"}
	SlotService        = Slot{"service"}
	SlotIsWrong        = Slot{"is_wrong"}
	SlotSilence        = Slot{"silence"}
	SlotSinkhole       = Slot{"sinkhole"}
	SlotSome           = Slot{"some"}
	SlotSoon           = Slot{"soon"}
	SlotSpoke          = Slot{"spoke"}
	SlotStalls         = Slot{"stalls"}
	SlotStatus         = Slot{"status"}
	SlotStranger       = Slot{"stranger"}
	SlotStray          = Slot{"stray"}
	SlotTLSAlone       = Slot{"tls_alone"}
	SlotTLSBeside      = Slot{"tls_beside"}
	SlotTold           = Slot{"told"}
	SlotToken          = Slot{"token"}
	SlotZone           = Slot{"zone"}
	SlotTried          = Slot{"tried"}
	SlotUnderTLS       = Slot{"under_tls"}
	SlotUnreached      = Slot{"unreached"}
	SlotUntried        = Slot{"untried"}
	SlotUser           = Slot{"user"}
	SlotWaiting        = Slot{"waiting"}
	SlotWantsFull      = Slot{"wants_full"}
	SlotWantsLocal     = Slot{"wants_local"}
	SlotWay            = Slot{"way"}
	SlotWeb            = Slot{"web"}
	SlotWildcard       = Slot{"wildcard"}
	SlotWithStartTLS   = Slot{"with_starttls"}
	SlotWithheld       = Slot{"withheld"}
)

// allSlots lists every slot above.
var allSlots = []Slot{
	SlotAccepted,
	SlotAddress,
	SlotAreOffered,
	SlotBanner,
	SlotBits,
	SlotBrowser,
	SlotBy,
	SlotDays,
	SlotDead,
	SlotFamily,
	SlotFigures,
	SlotFingerprint,
	SlotFirstBytes,
	SlotFound,
	SlotFrom,
	SlotGetLost,
	SlotHaveNone,
	SlotHost,
	SlotInside,
	SlotInstead,
	SlotIssuer,
	SlotMechanism,
	SlotName,
	SlotNames,
	SlotNamesake,
	SlotNoneHolds,
	SlotNetwork,
	SlotOffered,
	SlotOpen,
	SlotParty,
	SlotPlace,
	SlotProgram,
	SlotSeveral,
	SlotProtocol,
	SlotProvider,
	SlotRefusesAs,
	SlotRenewed,
	SlotRecipient,
	SlotReply,
	SlotSaid,
	SlotSeen,
	SlotServers,
	SlotSubmission,
	SlotSuite,
	SlotTakesOut,
	SlotTLSPort,
	SlotUnderstands,
	SlotUntil,
	SlotUsed,
	SlotVersion,
	SlotWait,
	SlotWanted,
	SlotWhat,
	SlotWorks,
	SlotAbove,
	SlotAgrees,
	SlotAlertName,
	SlotAnswers,
	SlotAsked,
	SlotAstray,
	SlotAtSender,
	SlotBinding,
	SlotAt25,
	SlotAtHost,
	SlotAtLogin,
	SlotAtOnce,
	SlotAtTLSPort,
	SlotAudience,
	SlotByPort,
	SlotCatalogue,
	SlotChanges,
	SlotConfigured,
	SlotFailing,
	SlotInClear,
	SlotNameAlone,
	SlotConfirmed,
	SlotCured,
	SlotCut,
	SlotDefault,
	SlotDiffers,
	SlotDNSSEC,
	SlotEncoding,
	SlotEndless,
	SlotEvery,
	SlotEveryWay,
	SlotEverywhere,
	SlotExpired,
	SlotExtended,
	SlotFetchFirst,
	SlotGiven,
	SlotHere,
	SlotIfOffered,
	SlotInvented,
	SlotKnown,
	SlotLarger,
	SlotLate,
	SlotLearnt,
	SlotLed,
	SlotLets,
	SlotLiteral,
	SlotLoggedIn,
	SlotLoginNote,
	SlotLossy,
	SlotLostAnswer,
	SlotLostName,
	SlotMailAlone,
	SlotMany,
	SlotMaybe,
	SlotMixed,
	SlotNear,
	SlotNoEHLO,
	SlotNoLogin,
	SlotNoRoots,
	SlotNoStartTLS,
	SlotNoWay,
	SlotNobody,
	SlotNote,
	SlotNoteURL,
	SlotNowAndThen,
	SlotOdd,
	SlotOff,
	SlotOldPasses,
	SlotOneName,
	SlotOnly25,
	SlotOnly6,
	SlotOnlyHere,
	SlotOther,
	SlotOtherWay,
	SlotOthers,
	SlotOver,
	SlotOwn,
	SlotOwnCertificate,
	SlotOwnPassword,
	SlotPortal,
	SlotPreauth,
	SlotPrefix,
	SlotProof,
	SlotProxy,
	SlotPublic,
	SlotRefuses,
	SlotRejected,
	SlotResolver,
	SlotRightAt,
	SlotRoundTrip,
	SlotRouter,
	SlotSeenAt,
	SlotSent,
	SlotSentFull,
	SlotService,
	SlotIsWrong,
	SlotSilence,
	SlotSinkhole,
	SlotSome,
	SlotSoon,
	SlotSpoke,
	SlotStalls,
	SlotStatus,
	SlotStranger,
	SlotStray,
	SlotTLSAlone,
	SlotTLSBeside,
	SlotTold,
	SlotToken,
	SlotZone,
	SlotTried,
	SlotUnderTLS,
	SlotUnreached,
	SlotUntried,
	SlotUser,
	SlotWaiting,
	SlotWantsFull,
	SlotWantsLocal,
	SlotWay,
	SlotWeb,
	SlotWildcard,
	SlotWithStartTLS,
	SlotWithheld,
}

// General returns the words for a slot if a page is read without a run; nothing for
// a slot that is only a condition.
func General(slot string) prose.Value {
	id := prose.ID("general-" + strings.ReplaceAll(slot, "_", "-"))
	if !prose.English().Has(id) {
		return prose.Value{}
	}
	return prose.Phrase(id, nil)
}
