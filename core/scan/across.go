package scan

import "taster/core"

// failed stands for the number of artifacts judged by a detector that gave up;
// its coverage has been sent.
const failed = -1

// across runs the detectors that compare inputs with each other. All inputs
// were read: what one file says of another does not depend on their order.
func (r *run) across() error {
	d := r.newDigests()
	in := &core.Inputs{Artifacts: r.artifacts, Claims: r.job.Claims, Approved: r.job.Approved, Digest: d.of, DigestPart: d.part, Content: d.content, Now: r.job.Now}
	for _, d := range r.cfg.Detectors {
		if !d.Check.IsAcross() {
			continue
		}
		if r.ran[d.Name] = r.concerned(d); r.ran[d.Name] == 0 {
			continue
		}
		p := &core.Pass{Params: r.params[d.Name], Limits: r.limits, FileSize: r.fileSize, Emit: r.emitFor(d.Name, nil)}
		if err := guard(func() error { return d.Check.Run(r.ctx, p, in) }); err != nil {
			if err := r.checkFailed(d, core.Location{}, err); err != nil {
				return err
			}
			r.ran[d.Name] = failed
		}
	}
	for _, a := range r.artifacts {
		a.Claims, a.Index, a.Seals = nil, nil, nil // judged
		a.Walk(func(m *core.Artifact) {
			m.Bill = nil
			if m.Program != nil {
				m.Program.Calls = nil
			}
		})
	}
	return nil
}

// concerned counts the inputs that d is about, and what the user says of them
// as one more.
func (r *run) concerned(d *core.Detector) int {
	n := 0
	for _, a := range append(r.artifacts[:len(r.artifacts):len(r.artifacts)], &core.Artifact{Claims: r.job.Claims}) {
		if d.Applies(a) {
			n++
		}
	}
	return n
}
