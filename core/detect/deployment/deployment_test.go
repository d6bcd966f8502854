package deployment_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/deployment"
)

func judged(t testing.TB, a *core.Artifact) []string {
	t.Helper()
	if !deployment.Detector.Applies(a) {
		return []string{"not judged"}
	}
	var out []string
	p := &core.Pass{Emit: func(e core.Event) error {
		out = append(out, fmt.Sprintf("%s %s", e.Finding.Rule, e.Finding.Severity))
		return nil
	}}
	if err := deployment.Detector.Check.Run(t.Context(), p, a); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDockerfile judges what the reader of Dockerfiles states; the engine lets
// go of it when all checks have run.
func TestDockerfile(t *testing.T) {
	image := func(pinned bool) []core.Use {
		return []core.Use{{Kind: core.UseImage, Name: "python", Version: "3", Pinned: pinned}}
	}
	user := func(name string) core.CodeCall {
		return core.CodeCall{Does: core.DoesUser, Args: []core.CodeArg{{Kind: core.ArgText, Value: name}}}
	}
	for _, c := range []struct {
		uses  []core.Use
		calls []core.CodeCall
		want  []string
	}{
		{image(true), []core.CodeCall{user("1000")}, nil},
		{image(true), []core.CodeCall{user("app"), user("root")}, []string{"DEPLOY-ROOT low"}},
		{image(true), []core.CodeCall{user("0:0")}, []string{"DEPLOY-ROOT low"}},
		{image(true), nil, []string{"DEPLOY-ROOT low"}},
		{image(false), []core.CodeCall{user("1000")}, []string{"DEPLOY-IMAGE low"}},
		{nil, []core.CodeCall{{Name: "ADD", Text: "ADD https://h.example/x /"}, {Name: "ADD", Text: "ADD --checksum=sha256:0 https://h.example/x /"}}, []string{"DEPLOY-ADD low"}},
	} {
		a := &core.Artifact{File: "Dockerfile", Uses: c.uses, Program: &core.Program{Language: "dockerfile", Calls: c.calls}}
		if d := cmp.Diff(c.want, judged(t, a)); d != "" {
			t.Errorf("%+v: %s", c.calls, d)
		}
	}
	if got := judged(t, &core.Artifact{Program: &core.Program{Language: "python"}}); got[0] != "not judged" {
		t.Error(got)
	}
}

func setting(document, name, value string) core.CodeCall {
	return core.CodeCall{Does: core.DoesConfigure, Name: name, Within: document, Line: 1, Args: []core.CodeArg{{Kind: core.ArgText, Value: value}}}
}

func TestManifests(t *testing.T) {
	closed := []core.CodeCall{setting("0", "kind", "Pod"), setting("0", "s.allowPrivilegeEscalation", "false"), setting("0", "s.runAsNonRoot", "true"), setting("0", "s.readOnlyRootFilesystem", "true"),
		setting("0", "s.capabilities.drop", "ALL"), setting("0", "s.capabilities.drop", "NET_RAW"), setting("0", "spec.automountServiceAccountToken", "false")}
	for _, c := range []struct {
		language string
		calls    []core.CodeCall
		want     []string
	}{
		{"kubernetes", closed, nil},
		{"kubernetes", append(closed, setting("0", "spec.hostNetwork", "true")), []string{"DEPLOY-OPEN low"}},
		{"kubernetes", append(closed, setting("0", "s.privileged", "true")), []string{"DEPLOY-PRIVILEGED medium"}},
		{"kubernetes", append(closed, setting("0", "spec.volumes.hostPath.path", "/")), []string{"DEPLOY-PRIVILEGED medium", "DEPLOY-OPEN low"}},
		{"kubernetes", []core.CodeCall{setting("0", "kind", "Service"), setting("1", "kind", "Deployment")}, []string{"DEPLOY-OPEN low"}},
		{"compose", []core.CodeCall{setting("0", "services.a.privileged", "true"), setting("0", "services.a.volumes", "/var/run/docker.sock:/x"), setting("0", "services.a.volumes", "/:/host"), setting("0", "services.a.volumes", "data:/data")},
			[]string{"DEPLOY-PRIVILEGED medium", "DEPLOY-PRIVILEGED medium", "DEPLOY-PRIVILEGED medium"}},
	} {
		a := &core.Artifact{File: "x.yaml", Program: &core.Program{Language: c.language, Calls: c.calls}}
		if d := cmp.Diff(c.want, judged(t, a)); d != "" {
			t.Errorf("%+v: %s", c.calls, d)
		}
	}
}
