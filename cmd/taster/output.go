package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// output is a file that is written beside its name and renamed when it is whole,
// so that a run that is ended leaves what was there. What is no ordinary file,
// such as a device or a pipe, is written as it is.
type output struct {
	*os.File
	name string // to rename to; "" for what is written as it is
}

// create begins the file called name. It never touches one of inputs, by whatever
// name or link, unless that is an earlier report of Taster's.
func create(name string, inputs []string) (*output, error) {
	there, err := os.Stat(name)
	if err == nil && !there.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		return &output{File: f}, err
	}
	if err == nil && !isReport(name) {
		for _, in := range inputs {
			if info, err := os.Stat(in); err == nil && os.SameFile(info, there) {
				return nil, fmt.Errorf("%s is an input (%s): it is not written over", name, in)
			}
		}
	}
	target := name
	if resolved, err := filepath.EvalSymlinks(name); err == nil {
		target = resolved // a link stays one
	}
	f, err := os.CreateTemp(filepath.Dir(target), ".taster-*")
	if err != nil {
		return nil, err
	}
	return &output{f, target}, os.Chmod(f.Name(), 0o644)
}

// finish closes the file and gives it its name, or removes it where the writing
// failed.
func (o *output) finish(err error) error {
	err = errors.Join(err, o.Close())
	switch {
	case o.name == "":
	case err != nil:
		os.Remove(o.File.Name())
	default:
		err = os.Rename(o.File.Name(), o.name)
	}
	return err
}

// reportMarks stand near the start of what Taster writes.
var reportMarks = [][]byte{[]byte(`"taster.report/`), []byte(`"name": "taster"`), []byte("Taster"), []byte("Absence of indicators is not proof of absence.")}

// isReport says whether a file begins as a report of Taster's does: one in a
// scanned folder is no input of the next run, and may be written again.
func isReport(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 2<<10))
	if err != nil || len(head) == 0 || bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	for _, mark := range reportMarks {
		if bytes.Contains(head, mark) {
			return true
		}
	}
	return false
}
