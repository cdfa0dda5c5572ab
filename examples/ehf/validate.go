package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"runtime"
	"sync"

	"github.com/timebok/timebok/invoice/ehf"
)

// A result is the line of one file.
type result struct {
	File     string    `json:"file"`
	Schema   bool      `json:"schema"`
	Findings []finding `json:"findings"`
	Problems []problem `json:"problems,omitempty"` // where Schema is false
	Notices  []notice  `json:"notices,omitempty"`
	More     bool      `json:"more,omitempty"` // of findings and problems
}

// A failure is the line of a file that can't be read.
type failure struct {
	File  string `json:"file"`
	Error string `json:"error"`
}

type finding struct {
	Rule string `json:"rule"`
	Flag string `json:"flag"`
	Path string `json:"path"`
	Text string `json:"text"`
}

type problem struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

type notice struct {
	Country string `json:"country"`
	Text    string `json:"text"`
}

// validate prints a line for each file. Every worker has a Validator of its own
// and is given the next file when it is done; a file is only begun when there is
// room for its line, so that memory does not grow with the number of files.
func (p *program) validate(flags *flag.FlagSet, args []string) int {
	lang := flags.String("lang", "en", "`language` of the texts: nb or en")
	if flags.Parse(args) != nil {
		return misused
	}
	files := flags.Args()
	if len(files) == 0 || *lang != "nb" && *lang != "en" || count(files, "-") > 1 {
		return p.misuse()
	}

	workers := min(runtime.GOMAXPROCS(0), len(files))
	jobs := make(chan *job)
	lines := make(chan *job, 16*workers) // in the order of the files
	stop := make(chan struct{})
	free := sync.Pool{New: func() any { return &job{done: make(chan struct{}, 1)} }}
	go func() {
		defer close(jobs)
		defer close(lines)
		for _, file := range files {
			j := free.Get().(*job)
			j.file = file
			select {
			case lines <- j:
				jobs <- j
			case <-stop:
				return
			}
		}
	}()
	for range workers {
		go func() {
			w := worker{p: p, lang: *lang, validator: ehf.NewValidator(&ehf.Options{Limits: limits})}
			for j := range jobs {
				w.do(j)
				j.done <- struct{}{}
			}
		}()
	}

	out := bufio.NewWriterSize(p.out, 64<<10)
	status := good
	for j := range lines {
		select {
		case <-j.done:
		default: // while there is nothing to write, let the reader have what there is
			out.Flush()
			<-j.done
		}
		if !j.valid {
			status = bad
		}
		if _, err := out.Write(j.line.Bytes()); err != nil {
			close(stop)
			return p.fail("standard output", err)
		}
		free.Put(j)
	}
	if err := out.Flush(); err != nil {
		return p.fail("standard output", err)
	}
	return status
}

func count(files []string, file string) (n int) {
	for _, f := range files {
		if f == file {
			n++
		}
	}
	return n
}

// A job is one file on its way.
type job struct {
	file  string
	line  bytes.Buffer
	valid bool
	done  chan struct{}
}

// A worker validates one file after the other.
type worker struct {
	p         *program
	lang      string
	validator *ehf.Validator
	buf       []byte
}

// do validates the file of a job and writes its line.
func (w *worker) do(j *job) {
	j.line.Reset()
	line := json.NewEncoder(&j.line)
	line.SetEscapeHTML(false)
	var err error
	var r ehf.Report
	if w.buf, err = w.p.read(w.buf, j.file); err == nil {
		r, err = w.validator.Validate(w.buf)
	}
	if err != nil {
		j.valid = false
		line.Encode(failure{j.file, err.Error()}) // a buffer takes everything
		return
	}
	j.valid = r.Valid()
	line.Encode(w.result(j.file, r))
}

func (w *worker) result(file string, r ehf.Report) result {
	x := result{File: file, Schema: r.Schema, More: r.More, Findings: make([]finding, len(r.Findings))}
	for i, f := range r.Findings {
		x.Findings[i] = finding{f.Rule, f.Flag.String(), f.Path, f.Text(w.lang)}
	}
	for _, p := range r.Problems {
		x.Problems = append(x.Problems, problem{p.Path, p.Text(w.lang)})
	}
	for _, n := range r.Notices {
		x.Notices = append(x.Notices, notice{n.Country, n.Text(w.lang)})
	}
	return x
}
