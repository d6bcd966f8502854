package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"taster/core"
)

// inputs are the files named on the command line.
type inputs struct {
	base    string      // folder that names are relative to; "": the argument
	output  os.FileInfo // an earlier report that is written again, and no input; nil: none
	sources []core.Source
	files   []string          // paths of the sources
	byArg   map[string]string // argument as typed -> path in the report
	names   map[string]bool
}

// collect finds the files below paths. What cannot be read becomes a Source
// that fails, so that the engine reports it; only a path that does not exist
// is an error. Names are relative to base, where it is given and holds the file,
// else to the argument. An earlier report called output, in a folder, is left out.
func collect(paths []string, base, output string) (*inputs, error) {
	in := &inputs{base: base, byArg: map[string]string{}, names: map[string]bool{}}
	if info, err := os.Stat(output); err == nil && isReport(output) {
		in.output = info
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			in.byArg[p] = in.add(p, filepath.Base(p), info, nil)
			continue
		}
		if err := in.folder(p); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func (in *inputs) folder(root string) error {
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(root, p)
		if relErr != nil {
			return relErr
		}
		if err != nil { // an unreadable folder, or a file that has just gone
			in.add(p, rel, nil, err)
			return nil
		}
		if d.IsDir() {
			return nil
		}
		info, err := os.Stat(p) // follows links to files, as the Hugging Face cache uses them
		if err == nil && info.IsDir() {
			err = fmt.Errorf("%w: a link to a folder is not followed", core.ErrUnsupported)
		}
		if err != nil || in.output == nil || !os.SameFile(info, in.output) {
			in.add(p, rel, info, err)
		}
		return nil
	})
}

// add appends the file at p and returns its name: rel, or p itself where
// another argument has already given a file of that name.
func (in *inputs) add(p, rel string, info fs.FileInfo, err error) string {
	name := filepath.ToSlash(in.relative(p, rel))
	if in.names[name] {
		name = filepath.ToSlash(filepath.Clean(p))
	}
	if in.names[name] {
		return name // the same file twice
	}
	in.names[name] = true
	f := &file{path: p, name: name, err: err}
	if info != nil {
		f.size = info.Size()
	}
	if err == nil && !info.Mode().IsRegular() {
		f.size, f.err = 0, fmt.Errorf("%w: not a regular file", core.ErrUnsupported)
	}
	in.sources, in.files = append(in.sources, f), append(in.files, p)
	return name
}

// relative is the name of the file at p below the base, else rel.
func (in *inputs) relative(p, rel string) string {
	if in.base == "" {
		return rel
	}
	base, err := filepath.Abs(in.base)
	if err != nil {
		return rel
	}
	if p, err = filepath.Abs(p); err != nil {
		return rel
	}
	if below, err := filepath.Rel(base, p); err == nil && filepath.IsLocal(below) {
		return below
	}
	return rel
}

// roles translates the files of -role from arguments to paths in the report.
func (in *inputs) roles(given map[string]core.Role) map[string]core.Role {
	out := map[string]core.Role{}
	for name, role := range given {
		if path, ok := in.byArg[name]; ok {
			name = path
		}
		out[name] = role
	}
	return out
}

// file is a core.Source over a path. It is open only while it is read, so that
// a folder of any size can be scanned, and from several goroutines at once.
type file struct {
	path string
	name string
	size int64
	err  error // why it cannot be read
}

func (f *file) Name() string { return f.name }
func (f *file) Size() int64  { return f.size }

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	o, err := openRegular(f.path)
	if err != nil {
		return 0, err
	}
	defer o.Close()
	return o.ReadAt(p, off)
}

// openRegular opens an ordinary file. Anything else, which may have taken its place
// since it was listed, is an error and not a wait for a writer.
func openRegular(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, fmt.Errorf("%s: %w: not a regular file", path, core.ErrUnsupported)
	}
	return f, nil
}

// readFile reads an ordinary file that the command itself needs.
func readFile(path string) ([]byte, error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
