package ehf

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

const (
	openInvoice = `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"` +
		` xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"` +
		` xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">`
	closeInvoice = `</Invoice>`
)

// valueOf parses an invoice with one element and gives its value.
func valueOf(t *testing.T, content string) string {
	t.Helper()
	var d tree
	if err := parse(&d, []byte(openInvoice+content+closeInvoice), Limits{}); err != nil {
		t.Fatalf("%q: %v", content, err)
	}
	return string(d.value(1))
}

func TestScanValues(t *testing.T) {
	for content, want := range map[string]string{
		`<cbc:ID>A-1</cbc:ID>`:                                     "A-1",
		`<cbc:ID/>`:                                                "",
		`<cbc:ID></cbc:ID>`:                                        "",
		`<cbc:ID> A </cbc:ID>`:                                     " A ",
		`<cbc:ID>&lt;&gt;&amp;&apos;&quot;</cbc:ID>`:               `<>&'"`,
		`<cbc:ID>&#65;&#x42;&#xe6;&#x1F600;</cbc:ID>`:              "ABæ😀",
		`<cbc:ID><![CDATA[<&>]]></cbc:ID>`:                         "<&>",
		`<cbc:ID>a<![CDATA[b]]>c</cbc:ID>`:                         "abc",
		`<cbc:ID>a<!-- x -->b<?pi y?>c</cbc:ID>`:                   "abc",
		"<cbc:ID>a\r\nb\rc\nd</cbc:ID>":                            "a\nb\nc\nd",
		"<cbc:ID>a&#13;b</cbc:ID>":                                 "a\rb",
		"<cbc:ID>]] ]&gt;</cbc:ID>":                                "]] ]>",
		`<cbc:ID>æøå €</cbc:ID>`:                                   "æøå €",
		`<cbc:ID>a<cbc:Name x="&gt;>">b&amp;</cbc:Name>c</cbc:ID>`: "ab&c",
		"\r\n  <cbc:ID>A</cbc:ID>\r\n":                             "A",
		`<b:ID xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">A</b:ID>`: "A",
	} {
		if got := valueOf(t, content); got != want {
			t.Errorf("%q: %q, want %q", content, got, want)
		}
	}
}

func TestScanNamespaces(t *testing.T) {
	const cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
	var d tree
	doc := openInvoice +
		`<cac:Party><ID xmlns="` + cbc + `"/><ID/><cbc:ID xmlns:cbc="urn:other"/><averylongprefix:ID xmlns:averylongprefix="` + cbc + `"/></cac:Party><cbc:ID/>` +
		closeInvoice
	if err := parse(&d, []byte(doc), Limits{}); err != nil {
		t.Fatal(err)
	}
	want := []name{invInvoice, cacParty, cbcID, unknown, unknown, cbcID, cbcID}
	for i, n := range want {
		if d.elems[i].name != n {
			t.Errorf("element %d is %v, want %v", i, d.elems[i].name, n)
		}
	}
}

func TestScanAttributes(t *testing.T) {
	var d tree
	doc := openInvoice + "<cbc:ID schemeID = \"a&amp;\tb\r\nc\" xml:lang='nb' schemeName='\"'/>" + closeInvoice
	if err := parse(&d, []byte(doc), Limits{}); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[name]string{atSchemeID: "a& b c", atSchemeName: `"`} {
		if got, ok := d.attribute(1, n); !ok || string(got) != want {
			t.Errorf("%v = %q, %v", n, got, ok)
		}
	}
}

func TestScanRefuses(t *testing.T) {
	in := func(content string) string { return openInvoice + content + closeInvoice }
	deep := strings.Repeat("<cac:Party>", 100) + strings.Repeat("</cac:Party>", 100)
	var many strings.Builder
	for i := range 100 {
		fmt.Fprintf(&many, ` a%d="1"`, i)
	}
	for doc, want := range map[string]ReadErrorKind{
		"":                                  Malformed,
		" ":                                 Malformed,
		"text":                              Malformed,
		openInvoice:                         Malformed,
		in("") + in(""):                     Malformed,
		in("") + "x":                        Malformed,
		in("<cbc:ID></cbc:Name>"):           Malformed,
		in("<cbc:ID"):                       Malformed,
		in("<cbc:ID a=1/>"):                 Malformed,
		in("<cbc:ID a='1'b='2'/>"):          Malformed,
		in("<cbc:ID a='<'/>"):               Malformed,
		in("<:ID/>"):                        Malformed,
		in("<cbc:1/>"):                      Malformed,
		in("<a:b:c/>"):                      Malformed,
		in("a]]>b"):                         Malformed,
		in("<!-- a -- b -->"):               Malformed,
		in("<!-- a"):                        Malformed,
		in("<![CDATA[ a"):                   Malformed,
		in("<?xml version='1.0'?>"):         Malformed,
		in("<?a"):                           Malformed,
		in("<!ELEMENT a>"):                  Malformed,
		"<?xml version='1.0'" + in(""):      Malformed,
		"<?xml encoding='UTF-8'?>" + in(""): Malformed,
		"<?xml version='1.0' standalone='maybe'?>" + in(""):    Malformed,
		"<?xml version='1.1'?>" + in(""):                       Encoding,
		"<?xml version='1.0' encoding='ISO-8859-1'?>" + in(""): Encoding,
		"\xFE\xFF\x00<":                                         Encoding,
		"<\x00I\x00":                                            Encoding,
		in("<cbc:ID>\xE6</cbc:ID>"):                             Encoding,
		in("<cbc:ID>\x01</cbc:ID>"):                             Character,
		in("<cbc:ID>\x00</cbc:ID>"):                             Character,
		in("<cbc:ID>\uFFFE</cbc:ID>"):                           Character,
		in("<cbc:ID>&#0;</cbc:ID>"):                             Character,
		in("<cbc:ID>&#xFFFF;</cbc:ID>"):                         Character,
		in("<cbc:ID>&#xD800;</cbc:ID>"):                         Character,
		in("<cbc:ID>&#x110000;</cbc:ID>"):                       Character,
		in("<!-- \x02 -->"):                                     Character,
		in("<![CDATA[\x02]]>"):                                  Character,
		in("<cbc:ID>&nbsp;</cbc:ID>"):                           Entity,
		in("<cbc:ID>a & b</cbc:ID>"):                            Entity,
		in("<cbc:ID a='&x;'/>"):                                 Entity,
		`<!DOCTYPE Invoice [<!ENTITY a "b">]>` + in(""):         DocumentType,
		in("<cbc:ID a='1' a='2'/>"):                             Duplicate,
		in("<cbc:ID xmlns:p='u' xmlns:q='u' p:a='1' q:a='2'/>"): Duplicate,
		in("<cbc:ID xmlns:p='u' xmlns:p='v'/>"):                 Duplicate,
		in("<x:ID/>"):                                           Prefix,
		in("<cbc:ID x:a='1'/>"):                                 Prefix,
		in("<cbc:ID xmlns:x=''/>"):                              Prefix,
		in("<cbc:ID xmlns:xml='urn:x'/>"):                       Prefix,
		in("<cbc:ID xmlns:xmlns='urn:x'/>"):                     Prefix,
		in(deep):                                                TooDeep,
		in("<cbc:ID" + many.String() + "/>"):                    TooMany,
		`<a/>`:                                                  NotEHF,
		`<Invoice xmlns="urn:x"/>`:                              NotEHF,
		`<Invoice/>`:                                            NotEHF,
		strings.ReplaceAll(in(""), "Invoice", "Order"):          NotEHF,
	} {
		_, err := Validate([]byte(doc), nil)
		var read *ReadError
		if !errors.As(err, &read) || read.Kind != want {
			t.Errorf("%.200q: %v, want %s", doc, err, want)
		}
	}
}

func TestScanAccepts(t *testing.T) {
	doc := sample("Invoice").bytes()
	for _, prefix := range []string{"\xEF\xBB\xBF", "", "\xEF\xBB\xBF<?xml version=\"1.0\" encoding='utf-8' standalone='yes'?>\n<!-- a --><?b c?>"} {
		text := strings.TrimPrefix(string(doc), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
		r, err := Validate([]byte(prefix+text+"\n<!-- end -->\n"), nil)
		if err != nil || !r.Valid() || len(r.Findings) > 0 {
			t.Errorf("with %q: %v %s", prefix, err, described(r))
		}
	}
	crlf := strings.ReplaceAll(string(doc), "\n", "\r\n")
	if r, err := Validate([]byte(crlf), nil); err != nil || len(r.Findings) > 0 || !r.Schema {
		t.Errorf("with carriage returns: %v %s", err, described(r))
	}
}

// What says that it is US-ASCII must be.
func TestScanASCII(t *testing.T) {
	for _, start := range []string{"<?xml version='1.0' encoding='US-ASCII'?>", "\xEF\xBB\xBF<?xml version='1.0' encoding='us-ascii'?>"} {
		if _, err := Validate([]byte(start+openInvoice+closeInvoice), nil); err != nil {
			t.Errorf("%s: %v", start, err)
		}
		var read *ReadError
		if _, err := Validate([]byte(start+openInvoice+"<!-- é -->"+closeInvoice), nil); !errors.As(err, &read) || read.Kind != Encoding {
			t.Errorf("%s with é: %v", start, err)
		}
	}
}

func TestLimitsAreOptions(t *testing.T) {
	doc := sample("Invoice").bytes()
	for name, l := range map[string]Limits{"bytes": {Bytes: 100}, "depth": {Depth: 3}, "elements": {Elements: 10}, "attributes": {Attributes: 2}, "namespaces": {Namespaces: 2}} {
		var read *ReadError
		if _, err := Validate(doc, &Options{Limits: l}); !errors.As(err, &read) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A document in which every element looks at every other is given up instead
// of being worked at for hours.
func TestQuadraticDocumentIsGivenUp(t *testing.T) {
	doc := sample("Invoice")
	p := doc.insert(payee.clone())
	s := must(t, doc, seller)[0]
	for i := range 8_000 {
		p.kids = append(p.kids, x("cac:PartyName", x("cbc:Name", fmt.Sprint("a", i))))
		s.kids = append(s.kids, x("cac:PartyName", x("cbc:Name", fmt.Sprint("b", i))))
	}
	var read *ReadError
	if _, err := Validate(doc.bytes(), nil); !errors.As(err, &read) || read.Kind != TooMany {
		t.Error(err)
	}
}

// So are declarations in thousands, which every prefix inside would be looked for in.
// As many as the limits allow cost an element no more than its length.
func TestManyNamespaces(t *testing.T) {
	nested := func(depth, inside int) []byte {
		var b strings.Builder
		b.WriteString(`<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">`)
		for d := range depth {
			b.WriteString("<a")
			for k := range 62 {
				fmt.Fprintf(&b, ` xmlns:p%d="u:%d:%d"`, k, d, k)
			}
			b.WriteString(">")
		}
		for range inside {
			b.WriteString("<b")
			for k := range 62 {
				fmt.Fprintf(&b, ` p%d:x=""`, k)
			}
			b.WriteString("/>")
		}
		return []byte(b.String() + strings.Repeat("</a>", depth) + "</Invoice>")
	}
	var read *ReadError
	if _, err := Validate(nested(5, 0), nil); !errors.As(err, &read) || read.Kind != TooMany {
		t.Errorf("310 declarations: %v", err)
	}
	if r, err := Validate(nested(4, 2000), nil); err != nil || r.Schema {
		t.Errorf("248 declarations: %v", err)
	}
	twice := strings.Replace(string(nested(1, 1)), `p1:x=""`, `p0:x=""`, 1)
	if _, err := Validate([]byte(twice), nil); !errors.As(err, &read) || read.Kind != Duplicate {
		t.Errorf("one name twice: %v", err)
	}
	two := strings.Replace(twice, `p0:x="" p0:x=""`, `p0:x="" q:x="" `, 1)
	two = strings.Replace(two, `xmlns:p1="u:0:1"`, `xmlns:q="u:0:0"`, 1)
	if _, err := Validate([]byte(two), nil); !errors.As(err, &read) || read.Kind != Duplicate {
		t.Errorf("one name by two prefixes: %v", err)
	}
}

// Many findings at many siblings must stay linear too.
func TestManyFindings(t *testing.T) {
	doc := plain(1)
	for range 5_000 {
		doc.kids = append(doc.kids, x("cbc:Nonsense"), x("cac:InvoiceLine"))
	}
	r, err := Validate(doc.bytes(), &Options{Limits: Limits{Findings: 1_000_000}})
	if err != nil || len(r.Findings) < 10_000 || len(r.Problems) < 5_000 || r.More {
		t.Fatalf("%d findings, %d problems, more %v, %v", len(r.Findings), len(r.Problems), r.More, err)
	}
	if last := r.Findings[len(r.Findings)-1].Path; last != "/Invoice/cac:InvoiceLine[5001]" {
		t.Errorf("last finding at %s", last)
	}
}

// What is found at a hundred thousand bad lines takes no more memory than at a few,
// and no more within an element with a long name.
func TestMemoryOfFindings(t *testing.T) {
	long := strings.Repeat("æ", 10_000)
	for name, content := range map[string]string{
		"lines": strings.Repeat("<cac:InvoiceLine/>", 100_000),
		"name":  "<x" + long + ">" + strings.Repeat("<cac:InvoiceLine/>", 10_000) + "</x" + long + ">",
	} {
		t.Run(name, func(t *testing.T) { testMemoryOfFindings(t, []byte(openInvoice+content+closeInvoice)) })
	}
}

func testMemoryOfFindings(t *testing.T, doc []byte) {
	v := NewValidator(nil)
	var r Report
	validate := func() {
		var err error
		if r, err = v.Validate(doc); err != nil {
			t.Fatal(err)
		}
	}
	validate() // the tree has grown
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	validate()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
		t.Errorf("%d bytes allocated", n)
	}
	if n := len(r.Problems) + len(r.Findings); n > 10_001 || !r.More || r.Schema || r.Valid() {
		t.Errorf("%d problems and findings, more %v", n, r.More)
	}
}

// Numbers of absurd length are refused, not reckoned with.
func TestLongNumbers(t *testing.T) {
	doc := plain(1)
	set("line/cbc:LineExtensionAmount", strings.Repeat("9", 1_000_000))(t, doc)
	if r := validated(t, doc); r.Valid() || !r.Schema {
		t.Error(described(r))
	}
}
