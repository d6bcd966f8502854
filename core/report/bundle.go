package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"taster/core"
)

// writeBundle writes a ZIP archive of the report in every format, the plots,
// the data files without the rows that were dropped, and SHA256SUMS over all.
func writeBundle(w io.Writer, in Input) error {
	b := &bundle{zip: &zipWriter{w: w}, names: map[string]int{}}
	for _, f := range Writers() {
		if f.Name == "bundle" {
			continue
		}
		if err := b.add("report"+f.Ext, func(w io.Writer) error { return f.Write(w, in) }); err != nil {
			return err
		}
	}
	v := newView(in)
	for _, p := range v.plots() {
		if err := b.add("plots/"+p.Name+".svg", func(w io.Writer) error { _, err := w.Write(p.SVG); return err }); err != nil {
			return err
		}
	}
	if err := b.cleaned(v); err != nil {
		return err
	}
	return b.close()
}

// Archive writes a ZIP archive of files with SHA256SUMS.
func Archive(w io.Writer, files []File) error {
	b := &bundle{zip: &zipWriter{w: w}, names: map[string]int{}}
	for _, f := range files {
		if err := b.add(f.Name, func(w io.Writer) error { _, err := w.Write(f.Content); return err }); err != nil {
			return err
		}
	}
	return b.close()
}

// File is a file in memory.
type File struct {
	Name    string
	Content []byte
}

type bundle struct {
	zip   *zipWriter
	names map[string]int // members so far, to tell equal names apart
	sums  strings.Builder
}

// add writes a member and notes its digest.
func (b *bundle) add(name string, content func(io.Writer) error) error {
	sum := sha256.New()
	if err := b.zip.add(name, func(w io.Writer) error {
		sum.Reset()
		return content(io.MultiWriter(w, sum))
	}); err != nil {
		return err
	}
	fmt.Fprintf(&b.sums, "%s  %s\n", hex.EncodeToString(sum.Sum(nil)), name)
	return nil
}

func (b *bundle) close() error {
	sums := b.sums.String()
	if err := b.zip.add("SHA256SUMS", func(w io.Writer) error { _, err := io.WriteString(w, sums); return err }); err != nil {
		return err
	}
	return b.zip.close()
}

// cleaned writes the files of each data set without its dropped rows. Files of
// formats that cannot be written are named in a list.
func (b *bundle) cleaned(v *view) error {
	if v.Clean == nil {
		return nil
	}
	var left strings.Builder
	for _, f := range v.cleanings() {
		name := b.unique("cleaned/" + memberName(f.Path))
		err := b.add(name, func(w io.Writer) error { return v.Clean(w, f.Path, f.Drop) })
		if errors.Is(err, core.ErrUnsupported) {
			fmt.Fprintf(&left, "%s: %s\n", plain(f.Path), plain(err.Error()))
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", plain(f.Path), err)
		}
	}
	if left.Len() == 0 {
		return nil
	}
	return b.add(b.unique("cleaned/not-written.txt"), func(w io.Writer) error { _, err := io.WriteString(w, left.String()); return err })
}

// Cleaning is an input that holds rows to leave out.
type Cleaning struct {
	Path string
	Drop []int // ascending
}

// Cleanings lists the inputs of in with the rows of the drop-list.
func Cleanings(in Input) []Cleaning { return newView(in).cleanings() }

func (v *view) cleanings() []Cleaning {
	var out []Cleaning
	for _, d := range withRows(v.Report) {
		drop := v.dropped(d)
		if len(drop) == 0 {
			continue
		}
		for _, file := range cleanable(d) {
			out = append(out, Cleaning{file, drop})
		}
	}
	return out
}

// cleanable lists the inputs that hold a value for each row of d, in order.
func cleanable(d *core.SubjectReport) []string {
	if d.Info.Subject != core.Rows && d.Info.Subject != "" {
		return []string{d.Info.Parts[0].Path}
	}
	rowwise := []core.Role{core.RoleActivations, core.RolePooled, core.RoleLabels, core.RoleProbs, core.RoleLogits, core.RoleIDs, core.RoleSources}
	var out []string
	for _, p := range d.Info.Parts {
		if p.Used && p.Rows == int64(d.Info.Rows) && slices.Contains(rowwise, p.Role) && !slices.Contains(out, p.Path) {
			out = append(out, p.Path)
		}
	}
	return out
}

// memberName makes a path of an input one that unpacks inside its folder.
func memberName(file string) string {
	parts := strings.Split(path.Clean("/" + file)[1:], "/")
	for i, p := range parts {
		parts[i] = fileName(p)
		if strings.Trim(parts[i], ".") == "" {
			parts[i] = "_"
		}
	}
	return strings.Join(parts, "/")
}

// unique adds a number to a name that was used before.
func (b *bundle) unique(name string) string {
	b.names[name]++
	if n := b.names[name]; n > 1 {
		ext := path.Ext(name)
		return b.unique(fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), n, ext))
	}
	return name
}
