package digestcomparison

import (
	"fmt"
	"path"

	"taster/core"
)

// pointer looks for the content that a Git-LFS pointer is of: by its digest
// among all inputs, then by its name.
func (s *session) pointer(a *core.Artifact, c *core.Claim) error {
	if in := s.bySHA[c.Digest]; in != nil {
		if in.Size != c.Size {
			return s.report(&ruleSize, a.At(c.Offset), ruleSize.Title,
				fmt.Sprintf("%s has the digest and %d bytes; the pointer says %d.", quoted(in.File), in.Size, c.Size), false)
		}
		t := newTable("the pointer " + quoted(a.File))
		t.add(in.File, c, agrees)
		return s.summary(t, a, 0)
	}
	for _, in := range s.named[path.Base(a.File)] {
		if in.Kind == kindPointer {
			continue
		}
		st, err := s.compare(in.File, c, "the pointer "+quoted(a.File))
		if err != nil || st == agrees || st == differs {
			return err
		}
	}
	return s.report(&rulePointer, a.Whole(), rulePointer.Title,
		fmt.Sprintf("The content has %d bytes and the SHA-256 %s. No input has it.", c.Size, c.Digest), true)
}

// given compares what the user said of the inputs.
func (s *session) given() error {
	for i := range s.in.Claims {
		if err := s.giving(&s.in.Claims[i]); err != nil {
			return err
		}
	}
	return nil
}

// giving compares one digest with the input it names, or, when it names none,
// with all of them.
func (s *session) giving(c *core.Claim) error {
	t := newTable("the digest that was given")
	file, all := c.Path, s.in.Artifacts
	if file == "" && len(all) == 1 {
		file = all[0].File
	}
	if file != "" {
		st, err := s.compare(file, c, t.source)
		if err != nil || st == unhashed {
			return err
		}
		if st == missing {
			return s.report(&ruleMissing, core.Location{}, ruleMissing.Title, fmt.Sprintf("A digest was given of %s.", quoted(file)), false)
		}
		t.add(file, c, st)
		return s.summary(t, s.inputs[file], 0)
	}
	left := 0
	for _, a := range all {
		got, err := s.in.Digest(s.ctx, a.File, c.Algorithm)
		if stop := s.ctx.Err(); stop != nil {
			return stop
		}
		if err != nil {
			left++
		}
		if err == nil && got == c.Digest {
			t.add(a.File, c, agrees)
			return s.summary(t, a, 0)
		}
	}
	return s.report(&ruleDiffers, core.Location{}, "No input has the digest that was given",
		fmt.Sprintf("%s %s is that of none of %d inputs; %d of them were not hashed.", c.Algorithm, c.Digest, len(all)-left, left), left > 0)
}
