package kerascode

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
)

const (
	maxValues   = 2_000_000 // of one description
	maxFindings = 20        // of one rule for one artifact
)

// session is one artifact under judgement.
type session struct {
	ctx     context.Context
	p       *core.Pass
	a       *core.Artifact
	text    *core.Text // the one being walked
	sent    map[string]int
	seen    map[string]bool          // findings, by rule and title
	code    map[*jsonwalk.Value]bool // texts that were reported as bytecode
	visited int
}

func run(ctx context.Context, p *core.Pass, a *core.Artifact) error {
	s := &session{ctx: ctx, p: p, a: a, sent: map[string]int{}, seen: map[string]bool{}, code: map[*jsonwalk.Value]bool{}}
	for i := range a.Texts {
		t := &a.Texts[i]
		if t.Kind != core.TextKeras {
			continue
		}
		if err := s.judge(t); err != nil {
			return err
		}
	}
	return nil
}

// judge walks one description.
func (s *session) judge(t *core.Text) error {
	s.text = t
	tree, err := jsonwalk.Parse([]byte(t.Value), 0, maxValues)
	if err := s.walk(tree, t.Name); err != nil {
		return err
	}
	if err == nil {
		return nil
	}
	at := 0
	var where *core.OffsetError
	if errors.As(err, &where) {
		at = int(where.Offset)
	}
	return s.send(&core.Finding{Rule: ruleUnread.ID, Severity: ruleUnread.Severity, Confidence: core.HighConfidence, Unread: true,
		Where: s.a.At(t.At(at)), Title: ruleUnread.Title, Saw: fmt.Sprintf("Reading %.80q as JSON ended early: %v.", t.Name, err)})
}

// walk judges every object below v. layer names what is around it.
func (s *session) walk(v *jsonwalk.Value, layer string) error {
	if s.visited++; s.visited%4096 == 0 && s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	switch v.Kind {
	case jsonwalk.Object:
		if name := v.Get("config").Get("name").String(); name != "" {
			layer = name
		}
		if err := s.object(v, layer); err != nil {
			return err
		}
		for _, m := range v.Members {
			if err := s.walk(m.Value, layer); err != nil {
				return err
			}
		}
	case jsonwalk.Array:
		for _, x := range v.Items {
			if err := s.walk(x, layer); err != nil {
				return err
			}
		}
	case jsonwalk.String:
		return s.hiddenCode(v, layer)
	}
	return nil
}

// object judges one object as Keras would read it. Of keys that stand twice
// each value is judged.
func (s *session) object(v *jsonwalk.Value, layer string) error {
	for _, m := range v.Members {
		var err error
		switch key, value := m.Key.Value, m.Value; {
		case key == "class_name" && value.Kind == jsonwalk.String:
			err = s.class(v, value, layer)
		case key == "module" && value.Kind == jsonwalk.String:
			err = s.module(v, value, layer)
		case strings.HasSuffix(key, "_module") && value.Kind == jsonwalk.String: // of a Lambda layer of Keras 2
			err = s.lambdaModule(value, layer)
		case strings.HasSuffix(key, "_type") && value.String() == "lambda":
			err = s.bytecode(v.Get(strings.TrimSuffix(key, "_type")), value, layer)
		case key == "registered_name" && strings.Contains(value.String(), ">"):
			err = s.registered(value, layer)
		case key == "vocabulary" && value.String() != "":
			err = s.file(value, "vocabulary", layer)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// class judges an object by the name of its class.
func (s *session) class(v, name *jsonwalk.Value, layer string) error {
	config := v.Get("config")
	switch name.Text {
	case "__lambda__":
		return s.bytecode(config, name, layer)
	case "Lambda":
		return s.lambda(config, name, layer)
	case "TorchModuleWrapper":
		return s.report(&rulePickle, name, "Loads a PyTorch module from inside the model", fmt.Sprintf("Layer %.80q is a TorchModuleWrapper.", layer), "")
	case "TFOpLambda", "SlicingOpLambda":
		return s.symbol(config.Get("function"), layer)
	case "TensorFlowOpLayer":
		return s.operation(config.Get("node_def"), layer)
	case "TFSMLayer":
		if path := config.Get("filepath"); path.String() != "" {
			return s.file(path, "folder of a SavedModel", layer)
		}
	}
	return nil
}

// lambda judges a Lambda layer whose function is not bytecode in an object of
// its own: a name, or the list that Keras 2 writes.
func (s *session) lambda(config, name *jsonwalk.Value, layer string) error {
	for _, key := range []string{"function", "output_shape", "mask"} {
		f := config.Get(key)
		if f == nil || f.Kind == jsonwalk.Object || config.Get(key+"_type").String() == "lambda" {
			continue // reported there
		}
		if f.Kind == jsonwalk.Array && len(f.Items) > 0 && f.Items[0].Kind == jsonwalk.String {
			if err := s.bytecode(f, f.Items[0], layer); err != nil {
				return err
			}
		}
	}
	f := config.Get("function")
	called := f.String() + f.Get("config").String()
	if called == "" || f.Kind == jsonwalk.Object && f.Get("class_name").String() != "function" || isKeras(f.Get("module").String()) || slices.Contains(activations, called) {
		return nil
	}
	return s.report(&ruleCustom, name, fmt.Sprintf("A Lambda layer calls %.80q", called), fmt.Sprintf("Layer %.80q takes the function of that name from the program.", layer), "")
}

// lambdaModule judges the module in whose namespace Keras 2 runs a Lambda.
func (s *session) lambdaModule(module *jsonwalk.Value, layer string) error {
	if why := harmful(module.Text); why != "" {
		return s.report(&ruleModule, module, fmt.Sprintf("Runs a function inside %.80q", module.Text), fmt.Sprintf("Layer %.80q does. The module %s.", layer, why), "")
	}
	return nil
}

// registered judges a name under which the program must have registered a
// class. Nothing is imported for it.
func (s *session) registered(name *jsonwalk.Value, layer string) error {
	rule := ruleCustom
	rule.Severity = core.Info
	return s.report(&rule, name, fmt.Sprintf("Needs %.120q", name.Text), fmt.Sprintf("Layer %.80q is of that class, which the program must bring.", layer), "")
}

// file judges a path that a layer opens.
func (s *session) file(path *jsonwalk.Value, what, layer string) error {
	how := core.LeadsOut(path.Text)
	rule := ruleFile
	switch {
	case how == "":
		rule.Severity, how = core.Low, "is relative to where the program runs"
	case how == "is an address" || isSecret(path.Text):
		rule.Severity = core.High
	}
	return s.report(&rule, path, fmt.Sprintf("Reads %.120q", path.Text), fmt.Sprintf("The %s of layer %.80q is %.200q, which %s.", what, layer, path.Text, how), "")
}

// isSecret says whether a path is in a folder that holds the system's or a
// user's settings and keys, and no lists of words.
func isSecret(path string) bool {
	path = strings.ToLower(strings.ReplaceAll(path, `\`, "/"))
	for _, part := range []string{"/etc/", "/proc/", "/sys/", "/dev/", "/root/", "/.ssh", "/.aws", "/.env", "/.git", "/.kube", "/.docker", "/windows/", "/var/run/", "/run/secrets"} {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

// report emits a finding once for each title.
func (s *session) report(rule *core.Rule, at *jsonwalk.Value, title, saw, evidence string) error {
	if key := rule.ID + title; s.seen[key] {
		return nil
	} else {
		s.seen[key] = true
	}
	f := &core.Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: core.HighConfidence,
		Where: s.a.At(s.text.At(int(at.Offset))), Title: title, Saw: saw}
	if evidence != "" {
		f.Evidence = []core.Evidence{{Title: "Names and texts in the bytecode", Text: evidence}}
	}
	return s.send(f)
}

func (s *session) send(f *core.Finding) error {
	if s.sent[f.Rule]++; s.sent[f.Rule] > maxFindings {
		return nil
	}
	return s.p.Emit(core.Event{Finding: f})
}
