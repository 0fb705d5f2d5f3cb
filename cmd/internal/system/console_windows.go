package system

import "golang.org/x/sys/windows"

// utf8CodePage is Windows' number for UTF-8.
const utf8CodePage = 65001

// ConsoleIsUTF8 reports whether the console shows UTF-8.
func ConsoleIsUTF8() bool {
	cp, err := windows.GetConsoleOutputCP()
	return err == nil && cp == utf8CodePage
}
