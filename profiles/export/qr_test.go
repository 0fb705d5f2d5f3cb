package export

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// seen reads a picture as a phone does.
func seen(t *testing.T, img image.Image) string {
	t.Helper()
	bitmap := must(gozxing.NewBinaryBitmapFromImage(img))(t)
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
	if err != nil {
		t.Fatal("no QR code is seen: ", err)
	}
	return result.GetText()
}

// drawn paints what a terminal shows of half blocks, dark ink on light ground.
func drawn(text string) image.Image {
	const size = 4 // pixels of a module
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	img := image.NewGray(image.Rect(0, 0, size*len([]rune(lines[0])), size*2*len(lines)))
	for y, line := range lines {
		for x, r := range []rune(line) {
			for half, dark := range []bool{r == '█' || r == '▀', r == '█' || r == '▄'} {
				shade := color.Gray{255}
				if dark {
					shade.Y = 0
				}
				for i := range size * size {
					img.SetGray(x*size+i%size, (2*y+half)*size+i/size, shade)
				}
			}
		}
	}
	return img
}

func readQR(t *testing.T, file []byte) account { return readPayload(t, seen(t, drawn(string(file)))) }

func TestQRPictures(t *testing.T) {
	c := must(Code(sample(testServers["tls"])))(t)
	text := seen(t, drawn(c.Text()))
	if want := `[1,[1,1],[0,"imap.q.com",993,3,1,"jane@q.com"],[[[0,"smtp.q.com",465,3,1,"jane@q.com"],["jane@q.com",""]]]]`; text != want {
		t.Errorf("in the QR code stands\n%s\nwant\n%s", text, want)
	}
	picture := must(png.Decode(bytes.NewReader(c.PNG())))(t)
	if got := seen(t, picture); got != text {
		t.Errorf("the PNG has %q", got)
	}
	terminal := c.Terminal()
	bare := strings.NewReplacer("\x1b[38;5;16;48;5;231m", "", "\x1b[0m", "").Replace(terminal)
	if bare != c.Text() || strings.Count(terminal, "\x1b[0m\n") != strings.Count(terminal, "\n") {
		t.Error("each line for the terminal must begin and end its colours, and be otherwise the same")
	}
}
