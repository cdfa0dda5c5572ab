package ehf

import (
	"encoding/binary"
	"math/bits"
)

// The scanner looks at eight bytes of a document at a time, as one word. The tests
// below have the high bit of a byte set where it is what they look for. Above the
// lowest such byte they may be wrong, so that only that one counts.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// below marks the bytes below c, which is at most 0x80.
func below(x uint64, c byte) uint64 { return (x - uint64(c)*ones) &^ x }

// equal marks the bytes that are c.
func equal(x uint64, c byte) uint64 { return below(x^uint64(c)*ones, 1) }

// firstOf is how many bytes stand before the lowest mark; eight if there is none.
func firstOf(marks uint64) int { return bits.TrailingZeros64(marks&highs) / 8 }

// specials marks what ends a run of plain text; see special. White space other than
// the space is among it, and all that begins with the byte EF.
func specials(x uint64) uint64 {
	angle, amp, bracket, ef := x^'<'*ones, x^'&'*ones, x^']'*ones, x^0xEF*ones
	return ((x-' '*ones)|(angle-ones)|(amp-ones)|(bracket-ones))&^x | (ef-ones)&^ef
}

// plainEnd is where the plain text that begins at b[i:] ends.
func plainEnd(b []byte, i int) int {
	rest := b[i:]
	for len(rest) >= 8 {
		n := firstOf(specials(binary.LittleEndian.Uint64(rest)))
		if n == 8 {
			rest = rest[8:]
			continue
		}
		if rest = rest[n:]; classes[rest[0]]&special != 0 {
			break
		}
		rest = rest[1:]
	}
	for len(rest) > 0 && classes[rest[0]]&special == 0 {
		rest = rest[1:]
	}
	return len(b) - len(rest)
}

// spacesEnd is where the spaces that begin at b[i:] end.
func spacesEnd(b []byte, i int) int {
	rest := b[i:]
	for len(rest) >= 8 {
		if x := binary.LittleEndian.Uint64(rest) ^ ' '*ones; x != 0 {
			return len(b) - len(rest) + bits.TrailingZeros64(x)/8
		}
		rest = rest[8:]
	}
	for len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	return len(b) - len(rest)
}

// A nameKey is a name of up to 31 bytes as words, the rest of them zero. One name that
// is of use is longer. The zero key stands for all that are.
type nameKey [4]uint64

// read takes the name that b begins with, up to white space, a control character, an
// equals sign or an angle bracket, and gives its size.
func (k *nameKey) read(b []byte) int {
	*k = nameKey{}
	for i := range k {
		if len(b) < 8 {
			break
		}
		x := binary.LittleEndian.Uint64(b)
		mark := x&^(3*ones) ^ '<'*ones // '<', '=', '>' and '?' differ in two bits
		found := ((x-'!'*ones)&^x | (mark-ones)&^mark) & highs
		if found != 0 {
			k[i] = x & (found&-found>>7 - 1)
			return 8*i + bits.TrailingZeros64(found)/8
		}
		k[i] = x
		b = b[8:]
	}
	*k = nameKey{}
	return 0
}

// nameMasks are, by the size of a name, the bytes of a nameKey that it fills.
var nameMasks = func() (masks [32]nameKey) {
	for size := range masks {
		for i := range size {
			masks[size][i/8] |= 0xFF << (8 * (i % 8))
		}
	}
	return masks
}()

// begins reports whether b begins with the bytes of the key, of which there are size.
// It is false of none, and where b is shorter than 32 bytes.
func (k *nameKey) begins(b []byte, size uint8) bool {
	if len(b) < 32 || size == 0 {
		return false
	}
	mask := &nameMasks[size%32]
	return (binary.LittleEndian.Uint64(b)&mask[0]^k[0])|
		(binary.LittleEndian.Uint64(b[8:])&mask[1]^k[1])|
		(binary.LittleEndian.Uint64(b[16:])&mask[2]^k[2])|
		(binary.LittleEndian.Uint64(b[24:])&mask[3]^k[3]) == 0
}

// hash is a number of 32 bits that all of the key goes into.
func (k *nameKey) hash() uint32 {
	const odd = 0x9E3779B97F4A7C15
	return uint32((k[0] ^ bits.RotateLeft64(k[1], 21) ^ bits.RotateLeft64(k[2], 42) ^ k[3]*odd) * odd >> 32)
}
