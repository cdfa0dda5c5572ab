package ehf

import (
	"strings"
	"testing"
)

func TestStructure(t *testing.T) {
	for name, c := range map[string]struct {
		edit edit
		want string // in the first problem; "" for none
	}{
		"as it is":                {func(testing.TB, *el) {}, ""},
		"unused parts of UBL":     {add("", x("cac:PrepaidPayment", x("cbc:ID", "1")), x("cac:Signature", x("cbc:ID", "1"))), ""},
		"deep parts of UBL":       {add("cac:Delivery", x("cac:Shipment", x("cbc:ID", "1"), x("cac:GoodsItem", x("cbc:ID", "2")))), ""},
		"an unknown element":      {add("", x("cbc:Nonsense", "1")), "does not have this element"},
		"a known one elsewhere":   {add(seller, x("cbc:Percent", "1")), "does not have this element"},
		"order":                   {func(_ testing.TB, d *el) { d.kids[0], d.kids[1] = d.kids[1], d.kids[0] }, "too late"},
		"twice":                   {twice("cbc:ID"), "only once"},
		"missing before another":  {remove("cbc:IssueDate"), "missing"},
		"missing at the end":      {remove("line"), "missing"},
		"missing inside":          {remove("line[1]/cac:Item/cac:AdditionalItemProperty/cbc:Name"), "missing"},
		"text among elements":     {func(_ testing.TB, d *el) { d.all(seller)[0].text = "x" }, "Text"},
		"elements in a value":     {func(_ testing.TB, d *el) { d.all("cbc:ID")[0].kids = []*el{x("cbc:ID", "1")} }, "does not have this element"},
		"no currency":             {attribute(totals+"/cbc:PayableAmount", "currencyID", ""), "attribute that UBL demands is missing: @currencyID"},
		"an attribute of another": {attribute("cbc:ID", "currencyID", "NOK"), "does not have this attribute"},
		"an attribute on a group": {attribute(seller, "schemeID", "1"), "does not have this attribute"},
		"a bad language":          {attribute("cbc:Note", "languageID", "norsk bokmål"), "attribute's value"},
		"a bad address":           {attribute("cbc:ID", "schemeURI", "%zz"), "attribute's value"},
		"nil":                     {attribute("cbc:Note", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance").and(attribute("cbc:Note", "xsi:nil", "true")), "does not have this attribute"},
		"a schema location":       {attribute("cbc:Note", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance").and(attribute("cbc:Note", "xsi:schemaLocation", "a b")), ""},
		"one that is no URI":      {attribute("cbc:Note", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance").and(attribute("cbc:Note", "xsi:schemaLocation", "a :b")), "form of its data type"},
		"another":                 {attribute("cbc:Note", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance").and(attribute("cbc:Note", "xsi:noNamespaceSchemaLocation", "a :b")), "form of its data type"},
		"an extension":            {add("", extension(x("x:any", "@xmlns:x=urn:x", x("x:thing", "1")))), ""},
		"an empty extension":      {add("", extension()), "one element as its content"},
		"two in an extension":     {add("", extension(x("cbc:ID", "1"), x("cbc:ID", "2"))), "only once"},
		"UBL in an extension":     {add("", extension(x("cbc:Amount", "1"))), "attribute that UBL demands"},
	} {
		doc := sample("Invoice")
		c.edit(t, doc)
		r := validated(t, doc)
		if c.want == "" && r.Schema && len(r.Problems) == 0 {
			continue
		}
		if c.want == "" || r.Schema || !strings.Contains(r.Problems[0].Text("en"), c.want) {
			t.Errorf("%s: %v %s", name, r.Schema, described(r))
		}
	}
}

func (e edit) and(f edit) edit {
	return func(t testing.TB, doc *el) {
		e(t, doc)
		f(t, doc)
	}
}

func extension(content ...*el) *el {
	return x("ext:UBLExtensions", x("ext:UBLExtension", x("ext:ExtensionContent", content)))
}

func TestDataTypes(t *testing.T) {
	for d, values := range map[dataType]struct{ good, bad []string }{
		amount:     {[]string{"1", "-1.50", "+.5", "5.", " 7 ", "000"}, []string{"", " ", ".", "1e3", "1,0", "- 1", "INF", "0x1"}},
		indicator:  {[]string{"true", "false", "1", "0", "\ttrue\n"}, []string{"", "TRUE", "yes", "2", "true false"}},
		date:       {[]string{"2026-02-28", "2024-02-29", "2000-02-29", "2026-11-02Z", "2026-11-02+14:00", "-0001-01-01", "12026-01-01", "-2147483648-01-01", " 2026-11-02 "}, []string{"", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-04-31", "0000-01-01", "-0000-12-31", "2147483648-01-01", "02026-01-01", "26-01-01", "2026-1-1", "2026-11-02+14:01", "2026-11-02T00:00:00", "2026/11/02", "20261102"}},
		timeOfDay:  {[]string{"00:00:00", "23:59:59.999", "24:00:00", "12:00:00Z", "12:00:00-01:30"}, []string{"", "24:00:01", "12:00", "12:60:00", "12:00:00.", "1:00:00"}},
		dateTime:   {[]string{"2026-11-02T12:00:00", "2026-11-02T12:00:00.5+01:00"}, []string{"2026-11-02", "2026-11-02 12:00:00", "2026-11-02T", "0000-11-02T12:00:00"}},
		base64Data: {[]string{"", "aGVp", "aGU=", "aA==", " aG\nVp "}, []string{"a", "aGV", "aGU", "aB==", "aGF=", "a===", "aGVp=", "=aGV", "a-b_"}},
		text:       {[]string{"", "anything"}, nil},
	} {
		for _, v := range values.good {
			if d >= firstChecked && !d.valid([]byte(v)) {
				t.Errorf("type %d refuses %q", d, v)
			}
		}
		for _, v := range values.bad {
			if d.valid([]byte(v)) {
				t.Errorf("type %d takes %q", d, v)
			}
		}
	}
}

// What Xerces says, with OASIS's schemas.
func TestURIs(t *testing.T) {
	for _, good := range []string{
		"", "#", "?", "a", "a b", "æ", "a:æ", "%E6", "a/b:c", "./a:b", "?a:b", "#a:b", "a:?", "urn:x:y", "mailto:x", "x:[", "?[", "#[", "a?b:c[", "{a}/:b", "//", "///",
		"http://", "http:///x", "http://h?", "http://h#", "//a:b@c:1", "http://x:y", "a+b.c-1:d", "http://[::1]", "http://u@[::1]:80/", "http://[::1]?[", "//[::ffff:1.2.3.4]", "//[::]:",
	} {
		if !validURI([]byte(good)) {
			t.Errorf("refuses %q", good)
		}
	}
	for _, bad := range []string{
		":", ":x", "##", "a#b#c", "%", "%4", "?%", "a:%", "http://x/%zz", "1:2", "a:", "a:#b", "urn:", "-a:b", "+:b", "a_b:c", "æ:b", "%41:b", "a b:c", "[", "]", "a[", "a/[b", "a:/[",
		"//[", "//]", "//h/]", "http://h[/", "http://[::1", "http://[x]", "http://[1.2.3.4]", "//[::1%eth0]", "//[1::2::3]", "//[12345::]", "//u[@h", "http://[::1]x", "http://[::1]:x", "http://[::1]]",
	} {
		if validURI([]byte(bad)) {
			t.Errorf("takes %q", bad)
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct{ early, late string }{
		{"2026-02-28", "2026-03-01"}, {"2024-02-28", "2024-02-29"}, {"2025-12-31", "2026-01-01"}, {"-0001-12-31", "0001-01-01"},
		{"-0001-12-31", "0000-01-01"}, {"0000-02-28", "0000-02-29"}, {"-0000-12-31", "0001-01-01"}, {"-0004-02-29", "-0004-03-01"},
		{"2026-11-02+01:00", "2026-11-02"}, {"2026-11-02", "2026-11-02-01:00"}, {"9999-12-31", "10000-01-01"},
	} {
		a, ok1 := parseDay([]byte(c.early))
		b, ok2 := parseDay([]byte(c.late))
		if !ok1 || !ok2 || a.at >= b.at {
			t.Errorf("%s is not before %s: %v %v", c.early, c.late, a, b)
		}
	}
}
