// Package deployment judges how a model is put into service: Dockerfiles, and
// manifests of Kubernetes and Compose. It is a short list of what lets a model
// that misbehaves reach its host; scanners for containers know more.
package deployment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"taster/core"
)

var refs = []string{"AML.T0010", "AML.T0011", "LLM03:2025", "CWE-250"}

var (
	ruleImage = core.Rule{ID: "DEPLOY-IMAGE", Title: "A container is built on an image that can change", Severity: core.Low,
		Matters: "A tag can be moved to another image, \"latest\" every day: the next build need not be what was tested.",
		Benign:  "Images for development.",
		Do:      "Name the image with its digest, @sha256:...",
		Refs:    []string{"AML.T0010", "LLM03:2025", "CWE-494"}}
	ruleRoot = core.Rule{ID: "DEPLOY-ROOT", Title: "The container runs as root", Severity: core.Low,
		Matters: "Code that a model brings along runs with the rights of the container. From root it is a short way to the host.",
		Benign:  "An image that only builds, or a platform that sets the user.",
		Do:      "Add USER with a number that is not 0.",
		Refs:    refs}
	ruleAdd = core.Rule{ID: "DEPLOY-ADD", Title: "The image takes in a file from the network without a digest", Severity: core.Low,
		Matters: "Whatever the address holds at the time of the build becomes a part of the image.",
		Benign:  "Addresses of the authors themselves.",
		Do:      "Use ADD --checksum=sha256:...",
		Refs:    []string{"AML.T0010", "LLM03:2025", "CWE-494"}}
	ruleOpen = core.Rule{ID: "DEPLOY-OPEN", Title: "A workload may do more than a model needs", Severity: core.Low,
		Matters: "A model that turns out to be hostile can use every right that its container was left.",
		Benign:  "Clusters whose policies add what the manifest leaves out.",
		Do:      "Set the settings that are named.",
		Refs:    refs}
	rulePrivileged = core.Rule{ID: "DEPLOY-PRIVILEGED", Title: "A container controls its host", Severity: core.Medium,
		Matters: "A privileged container, the root of the host's files, or the socket of Docker give all that the host has to whatever runs inside.",
		Benign:  "Drivers and monitors that need it. A model server does not.",
		Do:      "Take the right away, or keep models out of this container.",
		Refs:    refs}
)

// Detector judges one file at a time.
var Detector = &core.Detector{
	Name:   "deployment",
	Title:  "How a model is put into service",
	Family: "file",
	Help: core.Help{
		Does:    "Looks at Dockerfiles for images without a digest, root, and files from the network, and at manifests of Kubernetes and Compose for privileged containers, the host's files and network, and settings that are left out.",
		Misses:  "Helm templates, anchors of YAML, and what a cluster's policies add; a setting of one container counts for all of its workload. For a full check use a scanner for containers, such as Trivy or kube-linter.",
		Sources: "Kubernetes, \"Pod Security Standards\"; Docker, \"Building best practices\".",
	},
	Applies: func(a *core.Artifact) bool {
		return a.Program != nil && slices.Contains([]string{"dockerfile", "kubernetes", "compose"}, a.Program.Language)
	},
	Wants: "a Dockerfile, or a manifest of Kubernetes or Compose",
	Rules: []core.Rule{ruleImage, ruleRoot, ruleAdd, ruleOpen, rulePrivileged},
	Check: core.Each(run),
}

const maxFindings = 50

// session is one file under judgement.
type session struct {
	p    *core.Pass
	a    *core.Artifact
	sent int
}

func run(ctx context.Context, p *core.Pass, a *core.Artifact) error {
	s := &session{p: p, a: a}
	switch a.Program.Language {
	case "dockerfile":
		return s.dockerfile()
	case "compose":
		return s.compose()
	}
	return s.kubernetes(ctx)
}

func (s *session) dockerfile() error {
	images, user := 0, ""
	for _, u := range s.a.Uses {
		if u.Kind != core.UseImage {
			continue
		}
		if images++; u.Pinned {
			continue
		}
		tag := fmt.Sprintf("The tag is %.60q.", u.Version)
		if u.Version == "" {
			tag = "No tag is given, which means \"latest\"."
		}
		if err := s.report(&ruleImage, u.Offset, fmt.Sprintf("Builds on %.100q without a digest", u.Name), fmt.Sprintf("Line %d. %s", u.Line, tag)); err != nil {
			return err
		}
	}
	for i := range s.a.Program.Calls {
		switch c := &s.a.Program.Calls[i]; {
		case c.Does == core.DoesUser:
			user = c.Args[0].Value
		case c.Name == "ADD" && !strings.Contains(c.Text, "--checksum"):
			if err := s.report(&ruleAdd, c.Offset, fmt.Sprintf("Takes in a file from the network: %.100s", c.Text), fmt.Sprintf("Line %d has no --checksum.", c.Line)); err != nil {
				return err
			}
		}
	}
	name, _, _ := strings.Cut(user, ":")
	if images == 0 || name != "" && name != "root" && name != "0" {
		return nil
	}
	saw := "No instruction sets a user."
	if user != "" {
		saw = fmt.Sprintf("The last USER is %.60q.", user)
	}
	return s.report(&ruleRoot, 0, ruleRoot.Title, saw)
}

func (s *session) compose() error {
	for i := range s.a.Program.Calls {
		c := &s.a.Program.Calls[i]
		value := c.Args[0].Value
		switch {
		case strings.HasSuffix(c.Name, ".privileged") && value == "true":
		case strings.Contains(value, "docker.sock"):
		case strings.HasSuffix(c.Name, ".volumes") && strings.HasPrefix(value, "/:"):
		default:
			continue
		}
		if err := s.report(&rulePrivileged, c.Offset, fmt.Sprintf("%s is %.80q", c.Name, value), fmt.Sprintf("Line %d.", c.Line)); err != nil {
			return err
		}
	}
	return nil
}

// workload is one document of a manifest.
type workload struct {
	kind, name string
	first      *core.CodeCall
	has        map[string]string // last keys of settings, and their values
}

var workloads = []string{"Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicaSet", "InferenceService"}

func (s *session) kubernetes(ctx context.Context) error {
	calls := s.a.Program.Calls
	for from := 0; from < len(calls); {
		if err := ctx.Err(); err != nil {
			return err
		}
		to := from
		for to < len(calls) && calls[to].Within == calls[from].Within {
			to++
		}
		if err := s.document(calls[from:to]); err != nil {
			return err
		}
		from = to
	}
	return nil
}

func (s *session) document(calls []core.CodeCall) error {
	w := workload{first: &calls[0], has: map[string]string{}}
	for i := range calls {
		c := &calls[i]
		value, last := c.Args[0].Value, c.Name[strings.LastIndexByte(c.Name, '.')+1:]
		switch c.Name {
		case "kind":
			w.kind = value
		case "metadata.name":
			w.name = value
		}
		if w.has[last] != "ALL" { // one of several capabilities
			w.has[last] = value
		}
		if strings.HasSuffix(c.Name, "hostPath.path") {
			w.has["hostPath"] = value
		}
		if last == "privileged" && value == "true" || strings.HasSuffix(c.Name, "hostPath.path") && value == "/" {
			if err := s.report(&rulePrivileged, c.Offset, fmt.Sprintf("%s is %.80q", c.Name, value), fmt.Sprintf("Line %d.", c.Line)); err != nil {
				return err
			}
		}
	}
	if !slices.Contains(workloads, w.kind) {
		return nil
	}
	if open := w.open(); len(open) > 0 {
		return s.report(&ruleOpen, w.first.Offset, fmt.Sprintf("%s %.80q may do more than a model needs", w.kind, w.name), fmt.Sprintf("From line %d on: %s.", w.first.Line, strings.Join(open, "; ")))
	}
	return nil
}

// open lists what the workload leaves open.
func (w *workload) open() []string {
	var out []string
	for _, c := range []struct{ key, want, say string }{
		{"allowPrivilegeEscalation", "false", "allowPrivilegeEscalation is not false"},
		{"runAsNonRoot", "true", "runAsNonRoot is not true"},
		{"readOnlyRootFilesystem", "true", "readOnlyRootFilesystem is not true"},
		{"drop", "ALL", "capabilities are not dropped"},
		{"automountServiceAccountToken", "false", "the token of the service account is mounted"},
	} {
		if w.has[c.key] != c.want {
			out = append(out, c.say)
		}
	}
	for _, key := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if w.has[key] == "true" {
			out = append(out, key+" is true")
		}
	}
	if p := w.has["hostPath"]; p != "" {
		out = append(out, fmt.Sprintf("the host's %.80q is mounted", p))
	}
	return out
}

func (s *session) report(rule *core.Rule, at int64, title, saw string) error {
	if s.sent++; s.sent > maxFindings {
		return nil
	}
	return s.p.Emit(core.Event{Finding: &core.Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: core.HighConfidence, Where: s.a.At(at), Title: title, Saw: saw}})
}
