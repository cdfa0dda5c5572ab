package ehf

import (
	"encoding/binary"
	"strings"
	"sync"
)

// A name is an element or attribute that the schema or a rule speaks of.
// The constants of names.go come first, the rest of UBL after them.
type name uint16

const unknown name = 0

// String is the name with the prefix that UBL's own documents use, or an at
// sign if it is an attribute.
func (n name) String() string { return words().names[n] }

// A space is one of the namespaces that matter.
type space uint8

const (
	noSpace space = iota
	cbcSpace
	cacSpace
	extSpace
	invSpace
	cnSpace
	sigSpace
	sacSpace
	sbcSpace
	dsSpace
	xsiSpace
	xmlSpace
	foreign // any other
)

const ublSpace = "urn:oasis:names:specification:ubl:schema:xsd:"

func spaceOf(uri []byte) space {
	switch string(uri) {
	case "":
		return noSpace
	case ublSpace + "CommonBasicComponents-2":
		return cbcSpace
	case ublSpace + "CommonAggregateComponents-2":
		return cacSpace
	case ublSpace + "CommonExtensionComponents-2":
		return extSpace
	case ublSpace + "Invoice-2":
		return invSpace
	case ublSpace + "CreditNote-2":
		return cnSpace
	case ublSpace + "CommonSignatureComponents-2":
		return sigSpace
	case ublSpace + "SignatureAggregateComponents-2":
		return sacSpace
	case ublSpace + "SignatureBasicComponents-2":
		return sbcSpace
	case "http://www.w3.org/2000/09/xmldsig#":
		return dsSpace
	case "http://www.w3.org/2001/XMLSchema-instance":
		return xsiSpace
	case "http://www.w3.org/XML/1998/namespace":
		return xmlSpace
	}
	return foreign
}

// prefixes are those of the names in schema_ubl21.txt and names.go.
var prefixes = map[string]space{
	"@": noSpace, "cbc:": cbcSpace, "cac:": cacSpace, "ext:": extSpace, "inv:": invSpace, "cn:": cnSpace,
	"sig:": sigSpace, "sac:": sacSpace, "sbc:": sbcSpace, "ds:": dsSpace, "xsi:": xsiSpace,
}

// A vocabulary finds names. It is an open-addressing hash table over the
// first and last bytes of the local name: a look-up is made for every element
// and attribute of a document.
type vocabulary struct {
	names  []string // as String gives them
	locals []string
	spaces []space
	slots  [1 << 13]name
	attrs  [1 << 7]attributeName // a hash table of those that have no prefix
}

type attributeName struct {
	key  nameKey
	name name
}

// words is the vocabulary of UBL 2.1 invoices, made when it is first asked for.
var words = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{}
	for _, s := range nameTexts {
		v.add(s)
	}
	for n := range schemaNames() {
		v.add(n)
	}
	for n, sp := range v.spaces {
		var key nameKey
		if size := key.read([]byte(v.locals[n] + strings.Repeat(" ", 32))); sp == noSpace && size > 0 {
			*v.attributeSlot(&key) = attributeName{key, name(n)}
		}
	}
	return v
})

// attribute is the name of an attribute without a prefix, unknown if there is none.
func (v *vocabulary) attribute(key *nameKey) name { return v.attributeSlot(key).name }

// attributeSlot is where a key is or would be.
func (v *vocabulary) attributeSlot(key *nameKey) *attributeName {
	for h := key.hash(); ; h++ {
		if a := &v.attrs[h%uint32(len(v.attrs))]; a.key == *key || a.name == unknown {
			return a
		}
	}
}

// add enters a name such as "cbc:ID" or "@schemeID" unless it is there.
func (v *vocabulary) add(full string) name {
	cut := strings.IndexAny(full, ":@") + 1
	sp, local := prefixes[full[:cut]], full[cut:]
	if n := v.find(sp, []byte(local)); n != unknown {
		return n
	}
	n := name(len(v.names))
	shown := full
	if sp == invSpace || sp == cnSpace {
		shown = local
	}
	v.names, v.locals, v.spaces = append(v.names, shown), append(v.locals, local), append(v.spaces, sp)
	if n == unknown {
		return n
	}
	h := hash(sp, []byte(local))
	for v.slots[h%uint32(len(v.slots))] != unknown {
		h++
	}
	v.slots[h%uint32(len(v.slots))] = n
	return n
}

// find is the name of a local name in a namespace, unknown if there is none.
func (v *vocabulary) find(sp space, local []byte) name {
	for h := hash(sp, local); ; h++ {
		n := v.slots[h%uint32(len(v.slots))]
		if n == unknown || v.spaces[n] == sp && v.locals[n] == string(local) {
			return n
		}
	}
}

func hash(sp space, b []byte) uint32 {
	var head, tail uint64
	switch n := len(b); {
	case n >= 8:
		head, tail = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		head, tail = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n >= 2:
		head, tail = uint64(b[0])|uint64(b[1])<<8, uint64(b[n-1])
	case n == 1:
		head = uint64(b[0])
	}
	x := (head ^ tail<<3 ^ uint64(len(b))<<56 ^ uint64(sp)<<48) * 0x9E3779B97F4A7C15
	return uint32(x >> 40)
}
