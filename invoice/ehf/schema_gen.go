//go:build ignore

// This program writes schema_ubl21.txt from the XML Schemas of UBL 2.1:
//
//	go run schema_gen.go DIR > schema_ubl21.txt
//
// DIR is the folder xsd of the OASIS distribution, with common and maindoc in
// it. What is taken are facts: names, order, cardinality and data types.
package main

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type schema struct {
	Target   string    `xml:"targetNamespace,attr"`
	Elements []element `xml:"element"`
	Types    []complex `xml:"complexType"`
}

type element struct {
	Name string `xml:"name,attr"`
	Ref  string `xml:"ref,attr"`
	Type string `xml:"type,attr"`
	Min  string `xml:"minOccurs,attr"`
	Max  string `xml:"maxOccurs,attr"`
}

type complex struct {
	Name     string    `xml:"name,attr"`
	Sequence []element `xml:"sequence>element"`
	Base     struct {
		Base string `xml:"base,attr"`
	} `xml:"simpleContent>extension"`
}

var spaces = map[string]string{
	"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2":        "cbc",
	"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2":    "cac",
	"urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2":    "ext",
	"urn:oasis:names:specification:ubl:schema:xsd:SignatureAggregateComponents-2": "sac",
	"urn:oasis:names:specification:ubl:schema:xsd:SignatureBasicComponents-2":     "sbc",
	"urn:oasis:names:specification:ubl:schema:xsd:CommonSignatureComponents-2":    "sig",
	"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2":                      "inv",
	"urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2":                   "cn",
}

var kinds = map[string]string{
	"Amount": "amount", "BinaryObject": "binary", "Code": "code", "DateTime": "dateTime", "Date": "date",
	"Time": "time", "Identifier": "identifier", "Indicator": "indicator", "Measure": "measure",
	"Numeric": "numeric", "Percent": "numeric", "Rate": "numeric", "Value": "numeric",
	"Quantity": "quantity", "Text": "text", "Name": "text",
}

func main() {
	types := map[string]complex{}
	typeOf := map[string]string{} // element to type, both with prefix
	for _, pattern := range []string{"common/UBL-*.xsd", "maindoc/UBL-Invoice-2.1.xsd", "maindoc/UBL-CreditNote-2.1.xsd"} {
		files, err := filepath.Glob(filepath.Join(os.Args[1], pattern))
		if err != nil || len(files) == 0 {
			log.Fatal("no schemas at ", pattern)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				log.Fatal(err)
			}
			var s schema
			if err := xml.Unmarshal(data, &s); err != nil {
				log.Fatal(file, err)
			}
			p, ok := spaces[s.Target]
			if !ok {
				continue
			}
			for _, e := range s.Elements {
				typeOf[p+":"+e.Name] = p + ":" + e.Type
			}
			for _, t := range s.Types {
				types[p+":"+t.Name] = t
			}
		}
	}
	short := func(from, ref string) string {
		if !strings.Contains(ref, ":") {
			ref = from + ":" + ref
		}
		if rest, ok := strings.CutPrefix(ref, "cac:"); ok {
			return "/" + rest
		}
		return strings.TrimPrefix(ref, "cbc:")
	}
	long := func(from, ref string) string {
		if !strings.Contains(ref, ":") {
			return from + ":" + ref
		}
		return ref
	}
	leaves := map[string][]string{}
	aggregates := map[string][]string{} // type to its elements
	seen := map[string]bool{}
	var visit func(e string)
	visit = func(e string) {
		if seen[e] {
			return
		}
		seen[e] = true
		p, _, _ := strings.Cut(e, ":")
		t, ok := types[typeOf[e]]
		if e == "ext:ExtensionContent" || e == "ds:Signature" {
			leaves["any"] = append(leaves["any"], e)
			return
		}
		if !ok {
			log.Fatal("no type for ", e)
		}
		if b := t.Base.Base; b != "" {
			kind := kinds[strings.TrimSuffix(strings.TrimPrefix(b, "udt:"), "Type")]
			leaves[kind] = append(leaves[kind], short("", e))
			return
		}
		aggregates[typeOf[e]] = append(aggregates[typeOf[e]], short("", e))
		for _, c := range t.Sequence {
			visit(long(p, c.Ref))
		}
	}
	visit("inv:Invoice")
	visit("cn:CreditNote")
	visit("sig:UBLDocumentSignatures")

	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, kind := range slices.Sorted(func(yield func(string) bool) {
		for k := range leaves {
			if !yield(k) {
				return
			}
		}
	}) {
		slices.Sort(leaves[kind])
		fmt.Fprintln(out, kind, strings.Join(leaves[kind], " "))
	}
	var lines []string
	for t, names := range aggregates {
		p, _, _ := strings.Cut(t, ":")
		slices.Sort(names)
		line := strings.Join(names, " ") + " :"
		for _, c := range types[t].Sequence {
			card := map[[2]string]string{{"0", "1"}: "?", {"1", "1"}: "", {"0", "unbounded"}: "*", {"1", "unbounded"}: "+"}
			min, max := c.Min, c.Max
			if min == "" {
				min = "1"
			}
			if max == "" {
				max = "1"
			}
			mark, ok := card[[2]string{min, max}]
			if !ok {
				log.Fatal("cardinality ", min, max)
			}
			line += " " + short(p, c.Ref) + mark
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	fmt.Fprintln(out, strings.Join(lines, "\n"))
}
