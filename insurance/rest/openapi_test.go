package rest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A contract is the OpenAPI document, ready to check what is sent.
type contract struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
}

const docURL = "https://timebok.example/openapi.json"

func newContract(t testing.TB) *contract {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{doc.(map[string]any), jsonschema.NewCompiler()}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource(docURL, doc); err != nil {
		t.Fatal(err)
	}
	return c
}

// at finds a part of the document, through references.
func (c *contract) at(path ...string) map[string]any {
	found := c.doc
	for _, name := range path {
		found, _ = found[name].(map[string]any)
		if ref, ok := found["$ref"].(string); ok {
			found = c.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
	}
	return found
}

// holds checks a body against the schema of a part of the document.
func (c *contract) holds(t testing.TB, what string, schema map[string]any, body []byte) {
	t.Helper()
	ref, _ := schema["$ref"].(string)
	compiled, err := c.compiler.Compile(docURL + ref)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = compiled.Validate(v)
	}
	if err != nil {
		t.Errorf("%s is not what the document says: %v\n%s", what, err, body)
	}
}

// operations are the document's: the method and path of each, and its description.
func (c *contract) operations() map[string]map[string]any {
	out := map[string]map[string]any{}
	for path := range c.at("paths") {
		for _, method := range []string{"get", "put", "post", "delete", "patch"} {
			if op := c.at("paths", path, method); op != nil {
				out[strings.ToUpper(method)+" "+path] = op
			}
		}
	}
	return out
}

// Watched is a handler of the contract whose traffic is held against the document.
type Watched struct {
	testing.TB
	contract *contract
	mu       sync.Mutex
	seen     map[string]bool // operation and status
}

// Watch returns a middleware that fails the test for all that the document does not
// say.
func Watch(t testing.TB) *Watched {
	return &Watched{TB: t, contract: newContract(t), seen: map[string]bool{}}
}

// Of watches a handler.
func (w *Watched) Of(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	for pattern, op := range w.contract.operations() {
		mux.HandleFunc(pattern, func(out http.ResponseWriter, r *http.Request) { w.watch(pattern, op, next, out, r) })
	}
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) {
		w.Errorf("%s %s is not in the document", r.Method, r.URL.Path)
	})
	return mux
}

func (w *Watched) watch(name string, op map[string]any, next http.Handler, out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	inner := r.Clone(r.Context())
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, inner)
	status := strconv.Itoa(answer.Code)
	w.seen[name+" "+status] = true

	if answer.Code < 300 { // what is accepted is what is documented
		w.parameters(name, op, r)
		if asked := part(op, "requestBody", "content", mediaJSON, "schema"); asked != nil {
			w.contract.holds(w, name+": the body", asked, body)
		}
	}
	said := part(op, "responses", status)
	if ref, ok := said["$ref"].(string); ok {
		said = w.contract.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	kind := answer.Header().Get("Content-Type")
	switch schema := part(said, "content", kind, "schema"); {
	case said == nil:
		w.Errorf("%s: status %s is not in the document", name, status)
	case schema != nil:
		w.contract.holds(w, name+" "+status, schema, answer.Body.Bytes())
	case kind != "" || answer.Body.Len() > 0 || part(said, "content") != nil:
		w.Errorf("%s %s: a body of type %q is not in the document", name, status, kind)
	}
	maps.Copy(out.Header(), answer.Header())
	out.WriteHeader(answer.Code)
	_, _ = out.Write(answer.Body.Bytes())
}

// parameters fails the test for a query that the document does not have.
func (w *Watched) parameters(name string, op map[string]any, r *http.Request) {
	var known []string
	list, _ := op["parameters"].([]any)
	for _, p := range list {
		param := p.(map[string]any)
		if ref, ok := param["$ref"].(string); ok {
			param = w.contract.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
		known = append(known, param["name"].(string))
		if param["required"] == true && param["in"] == "query" && !r.URL.Query().Has(param["name"].(string)) {
			w.Errorf("%s: the query has no %s", name, param["name"])
		}
	}
	for given := range r.URL.Query() {
		if !slices.Contains(known, given) {
			w.Errorf("%s: the parameter %s is not in the document", name, given)
		}
	}
}

func part(of map[string]any, path ...string) map[string]any {
	for _, name := range path {
		of, _ = of[name].(map[string]any)
	}
	return of
}

// Unseen returns the operations with their statuses that the document has and the
// traffic had not.
func (w *Watched) Unseen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for name, op := range w.contract.operations() {
		for status := range part(op, "responses") {
			if !w.seen[name+" "+status] {
				out = append(out, name+" "+status)
			}
		}
	}
	slices.Sort(out)
	return out
}

// WebhookAnswer holds what a Receiver answered against the document.
func WebhookAnswer(t testing.TB, answer *httptest.ResponseRecorder) {
	t.Helper()
	c := newContract(t)
	said := c.at("webhooks", "event", "post", "responses", strconv.Itoa(answer.Code))
	schema := part(said, "content", answer.Header().Get("Content-Type"), "schema")
	if schema == nil {
		t.Fatalf("the status %d with %q is not in the document", answer.Code, answer.Header().Get("Content-Type"))
	}
	c.holds(t, "the answer", schema, answer.Body.Bytes())
}

// WebhookStatuses are those of the document, sorted.
func WebhookStatuses(t testing.TB) []string {
	return slices.Sorted(maps.Keys(newContract(t).at("webhooks", "event", "post", "responses")))
}

// WebhookHolds holds a webhook's body against the document.
func WebhookHolds(t testing.TB, body []byte) {
	t.Helper()
	c := newContract(t)
	c.holds(t, "the webhook", part(c.at("webhooks", "event", "post"), "requestBody", "content", mediaJSON, "schema"), body)
}

// The fields of the document are those of the code, and so are the required ones.
func TestDocumentHasTheFields(t *testing.T) {
	c := newContract(t)
	schemas := c.at("components", "schemas")
	of := map[string]any{
		"Case": wireCase{}, "Payer": wirePayer{}, "Address": wireAddress{}, "Cap": wireCap{}, "Share": wireShare{},
		"Page": wirePage{}, "Event": wireEvent{}, "Booking": wireBooking{}, "Person": wirePerson{},
		"Acknowledgement": wireAck{}, "Report": wireReport{}, "Availability": wireAvailability{}, "Period": wirePeriod{},
		"Outcome": wireOutcome{}, "Problem": wireProblem{}, "Reason": wireReason{},
	}
	for name, v := range of {
		var fields, required []string
		for f := range reflect.TypeOf(v).Fields() {
			tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			fields = append(fields, tag)
			if options != "omitempty" {
				required = append(required, tag)
			}
		}
		slices.Sort(fields)
		slices.Sort(required)
		if diff := cmp.Diff(fields, slices.Sorted(maps.Keys(part(schemas, name, "properties")))); diff != "" {
			t.Errorf("fields of %s (-code +document):\n%s", name, diff)
		}
		var documented []string
		list, _ := schemas[name].(map[string]any)["required"].([]any)
		for _, r := range list {
			documented = append(documented, r.(string))
		}
		slices.Sort(documented)
		if diff := cmp.Diff(required, documented); diff != "" {
			t.Errorf("required fields of %s (-code +document):\n%s", name, diff)
		}
	}
	for name, s := range schemas {
		if _, object := s.(map[string]any)["properties"]; object && of[name] == nil {
			t.Errorf("the document has %s, the code has not", name)
		}
		if _, err := c.compiler.Compile(docURL + "#/components/schemas/" + name); err != nil {
			t.Errorf("%s is no schema: %v", name, err)
		}
	}
	if !json.Valid(OpenAPI()) || c.doc["openapi"] != "3.1.0" {
		t.Error("the document is not OpenAPI 3.1")
	}
}
