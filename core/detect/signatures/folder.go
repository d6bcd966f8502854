package signatures

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"taster/core"
	"taster/core/modelsigning"
	"taster/core/sigstore"
)

// lists are what became of the files that a statement is about, and of those
// beside them.
type lists struct {
	base                   string
	agree, differ, missing []string
	unsigned, excluded     []string
	left                   []string // not compared, and why
	loadedUnsigned         int      // how many of these a loader opens; they stand first
	loadedExcluded         int
	faults                 []string // of the list itself
	twins                  []string
	counts                 bool // the lists are for counting only
}

func (l *lists) onlyCounts() *lists {
	l.counts = true
	return l
}

// compare compares the subjects of a statement with the inputs, and adds steps
// for what keeps the verdict from being "valid".
func (s *session) compare(a *core.Artifact, st *modelsigning.Statement, r *sigstore.Result) *lists {
	l := &lists{}
	switch {
	case st.Manifest != nil:
		s.manifest(a, st, l)
	default:
		s.subjects(a, st, r, l)
	}
	switch {
	case len(l.agree)+len(l.differ) == 0 && len(l.left) == 0:
		r.Add("Files", sigstore.Unchecked, fmt.Sprintf("none of the %d signed files is among the inputs", len(l.missing)))
		l.counts = true
	case len(l.left) > 0:
		r.Add("Files", sigstore.Unchecked, fmt.Sprintf("%d of the signed files were not compared: %s", len(l.left), core.Listed(l.left, 3)))
	case len(l.differ)+len(l.missing) == 0:
		r.Add("Files", sigstore.Valid, fmt.Sprintf("%d signed files, all as they were signed", len(l.agree)))
	}
	return l
}

// subjects compares the subjects of a statement that is no list of a model. The
// file that the bundle stands beside must be one of them.
func (s *session) subjects(a *core.Artifact, st *modelsigning.Statement, r *sigstore.Result, l *lists) {
	l.base = path.Dir(a.File)
	stem, met := s.stem(a.File), false
	for i := range st.Subjects {
		sub := &st.Subjects[i]
		in, ok := s.subject(l.base, sub, stem)
		switch {
		case in == "":
			l.missing = append(l.missing, sub.Name)
		case ok == nil:
			l.agree = append(l.agree, in)
		case errors.Is(ok, errDiffers):
			l.differ = append(l.differ, in)
		default:
			l.left = append(l.left, fmt.Sprintf("%.120q (%v)", in, ok))
		}
		met = met || in == stem && ok == nil
	}
	if stem != "" && !met && len(l.left) == 0 {
		r.Add("Files", sigstore.Invalid, fmt.Sprintf("%.160q, beside which the signature stands, is not what it is about", stem))
	}
	if len(l.agree) > 0 {
		l.missing = nil // a statement of a build is about files for several machines
	}
}

var errDiffers = errors.New("it differs")

// subject finds the input that sub is: by its digest, or else by its name. The
// error says that it differs, or why it was not compared.
func (s *session) subject(base string, sub *modelsigning.Subject, stem string) (string, error) {
	for _, d := range sub.Digests {
		if in := s.bySHA[d.Hex]; d.Algorithm == core.SHA256 && in != nil {
			if stem != "" && s.inputs[stem].SHA256 == d.Hex {
				return stem, nil
			}
			return in.File, nil
		}
	}
	for _, name := range []string{path.Join(base, sub.Name), path.Join(base, path.Base(sub.Name)), stem} {
		if sub.Name == "" || s.inputs[name] == nil || name == stem && path.Base(stem) != path.Base(sub.Name) && s.inputs[stem].SHA256 != "" {
			continue
		}
		return name, s.same(name, sub.Digests, 0, -1)
	}
	return "", nil
}

// same compares a part of an input, the whole for to = -1, with digests. All
// that can be computed must fit, and one must be.
func (s *session) same(file string, digests []modelsigning.Digest, from, to int64) error {
	compared := false
	for _, d := range digests {
		if d.Algorithm == "" {
			continue
		}
		var got string
		var err error
		if to < 0 {
			got, err = s.in.Digest(s.ctx, file, d.Algorithm)
		} else {
			got, err = s.in.DigestPart(s.ctx, file, d.Algorithm, from, to-from)
		}
		switch {
		case errors.Is(err, core.ErrMalformed): // the part is not in the file
			return errDiffers
		case err != nil:
			return err
		case got != d.Hex:
			return errDiffers
		}
		compared = true
	}
	if !compared {
		return fmt.Errorf("%w: its digest is by %.40q", core.ErrUnsupported, digestNames(digests))
	}
	return nil
}

func digestNames(digests []modelsigning.Digest) string {
	var names []string
	for _, d := range digests {
		names = append(names, d.Name)
	}
	return strings.Join(names, ", ")
}

// manifest compares the list of a model with its folder.
func (s *session) manifest(a *core.Artifact, st *modelsigning.Statement, l *lists) {
	m := st.Manifest
	l.faults, l.twins = st.Check(), m.Twins()
	single := len(m.Resources) == 1 && (m.Resources[0].Path == "." || m.Resources[0].Path == st.Subjects[0].Name)
	if single && m.Resources[0].Path == "." {
		m.Resources[0].Path = s.only(a, st.Subjects[0].Name)
	}
	l.base = s.base(a, m)
	covered, states := map[string]bool{}, map[string]error{}
	var order []string
	ends := map[string]int64{}
	for i := range m.Resources {
		res := &m.Resources[i]
		if s.ctx.Err() != nil {
			return
		}
		file := path.Join(l.base, res.Path)
		if core.LeadsOut(res.Path) != "" {
			file = res.Path // reported as a fault of the list; nothing outside is compared
		}
		if !covered[file] {
			covered[file] = true
			order = append(order, file)
		}
		ends[file] = max(ends[file], res.To)
		if s.inputs[file] != nil && states[file] == nil {
			states[file] = s.same(file, []modelsigning.Digest{res.Digest}, res.From, res.To)
		}
	}
	for _, file := range order {
		in, err := s.inputs[file], states[file]
		switch {
		case in == nil:
			l.missing = append(l.missing, file)
		case errors.Is(err, errDiffers), err == nil && m.Sharded && in.Size > ends[file]:
			l.differ = append(l.differ, file)
		case err != nil:
			l.left = append(l.left, fmt.Sprintf("%.120q (%v)", file, err))
		default:
			l.agree = append(l.agree, file)
		}
	}
	if !single && len(l.agree)+len(l.differ)+len(l.left) > 0 {
		s.rest(a, m, l, covered)
	}
}

// only is the file of a model of one file that its signature calls ".".
func (s *session) only(a *core.Artifact, subject string) string {
	dir := path.Dir(a.File)
	for _, name := range []string{path.Join(dir, subject), s.stem(a.File)} {
		if name != "" && s.inputs[name] != nil {
			return path.Base(name)
		}
	}
	return subject
}

// baseProbes is how many names tell which folder a list is of.
const baseProbes = 200

// base is the folder that the names of a list fit best. The signature's own
// folder is it unless another one has more than twice as many.
func (s *session) base(a *core.Artifact, m *modelsigning.Manifest) string {
	hits := map[string]int{}
	for i := range min(len(m.Resources), baseProbes) {
		name := path.Clean(m.Resources[i].Path)
		for _, in := range s.named[path.Base(name)] {
			if folder, ok := strings.CutSuffix("/"+in.File, "/"+name); ok {
				hits[path.Clean(strings.TrimPrefix(folder, "/"))]++
			}
		}
	}
	own := path.Dir(a.File)
	best := own
	for folder, n := range hits {
		if n > hits[best] || n == hits[best] && best != own && (len(folder) < len(best) || len(folder) == len(best) && folder < best) {
			best = folder
		}
	}
	if 2*hits[own] >= hits[best] {
		return own
	}
	return best
}

// rest sorts the files of the folder that the list does not cover.
func (s *session) rest(a *core.Artifact, m *modelsigning.Manifest, l *lists, covered map[string]bool) {
	var plainUnsigned, plainExcluded []string
	for _, in := range s.in.Artifacts {
		rel, below := relative(in.File, l.base)
		if !below || covered[in.File] || in == a || in.Role == core.RoleTrust {
			continue
		}
		loaded := isLoaded(in, rel)
		switch {
		case m.LeftOut(rel) && loaded && !modelsigning.ByDefault(rel):
			l.excluded = append(l.excluded, in.File)
		case m.LeftOut(rel):
			plainExcluded = append(plainExcluded, in.File)
		case len(in.Seals) > 0, modelsigning.ByDefault(rel), m.Sharded && in.Size == 0:
		case loaded:
			l.unsigned = append(l.unsigned, in.File)
		default:
			plainUnsigned = append(plainUnsigned, in.File)
		}
	}
	l.loadedUnsigned, l.loadedExcluded = len(l.unsigned), len(l.excluded)
	l.unsigned, l.excluded = append(l.unsigned, plainUnsigned...), append(l.excluded, plainExcluded...)
}

// relative is the name of file below the folder base.
func relative(file, base string) (string, bool) {
	if base == "." {
		return file, true
	}
	return strings.CutPrefix(file, base+"/")
}

// Ends and names of what a loader opens or runs: weights, code, configuration,
// tokenizers, templates.
var loadedEnds = []string{".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".dill", ".npy", ".npz", ".h5", ".hdf5",
	".keras", ".onnx", ".gguf", ".ggml", ".tflite", ".pb", ".msgpack", ".mlmodel", ".engine", ".py", ".pyc", ".ipynb", ".sh", ".bash", ".bat", ".cmd",
	".ps1", ".vbs", ".exe", ".so", ".dll", ".dylib", ".jinja", ".jinja2", ".model", ".spm", ".tiktoken", ".js", ".jar", ".whl", ".zip", ".tar", ".gz"}

var loadedNames = []string{"config", "tokenizer", "vocab", "merges", "special_tokens", "added_tokens", "chat_template", "template", "preprocessor", "processor", "modules.json", ".index.json"}

// isLoaded says whether a file is of a kind that programs load or run.
func isLoaded(in *core.Artifact, name string) bool {
	if len(in.Tensors) > 0 || len(in.Imports) > 0 || len(in.Ops) > 0 || len(in.Streams) > 0 || in.Index != nil {
		return true
	}
	base := strings.ToLower(path.Base(name))
	for _, end := range loadedEnds {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	switch path.Ext(base) {
	case ".json", ".yaml", ".yml", ".toml", ".txt", "":
		for _, part := range loadedNames {
			if strings.Contains(base, part) && !strings.HasPrefix(base, "readme") {
				return true
			}
		}
	}
	return len(in.Texts) > 0
}
