package cli

import "golang.org/x/sys/windows"

// utf8CodePage is Windows' number for UTF-8.
const utf8CodePage = 65001

func consoleIsUTF8() bool {
	cp, err := windows.GetConsoleOutputCP()
	return err == nil && cp == utf8CodePage
}
