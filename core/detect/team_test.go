package detect_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"taster/core"
	"taster/core/builtin"
)

// TestTeam: with several workers, each with a dataset of its own, detectors
// find what they find alone, to the last bit.
func TestTeam(t *testing.T) {
	nan := float32(math.NaN())
	for name, data := range map[string]*core.Dataset{
		"digits": load(t, "digits-labelflip-8pct").Dataset,
		"NaN rows": unusable(random(300, 20, 3, func(i, j int, v float32) float32 {
			if i%7 == 0 && j == 3 {
				return nan
			}
			return v
		})),
		"groups without spread": random(400, 12, 7, func(i, j int, v float32) float32 {
			if i%7 == 2 {
				return float32(i / 7 % 5 / 4)
			}
			return v
		}),
		"tiny and empty classes": relabelled(random(300, 20, 1, func(i, j int, v float32) float32 { return v }), func(i int) int {
			return []int{0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 5}[min(i, 10)]
		}),
	} {
		t.Run(name, func(t *testing.T) {
			want := together(t, data, nil)
			for _, of := range []int{2, 3} {
				posted := map[string]map[int][]byte{}
				for i := 1; i < of; i++ {
					together(t, data, member{core.Share{Index: i, Of: of}, posted})
				}
				got := together(t, data, leader{of, posted})
				if d := cmp.Diff(want, got, cmpopts.EquateNaNs()); d != "" {
					t.Errorf("%d workers (-alone +team):\n%s", of, d)
				}
				if n := len(posted); n > 0 {
					t.Errorf("%d pieces of work were shared in vain", n)
				}
			}
		})
	}
}

// together is the results of the detectors that share work. Of a worker that
// does not lead there are none.
func together(t *testing.T, data *core.Dataset, team core.Team) (out []core.Event) {
	t.Helper()
	own := *data
	for _, d := range builtin.Detectors() {
		if !d.Together {
			continue
		}
		params, err := d.Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		p := &core.Pass{Params: params, Limits: core.Limits{}.WithDefaults(), Team: team, Emit: func(e core.Event) error {
			if e.Progress == nil {
				out = append(out, e)
			}
			return nil
		}}
		if err := d.Check.Run(t.Context(), p, &own); err != nil && !errors.Is(err, errPosted) {
			t.Fatalf("%s: %v", d.Name, err)
		}
	}
	if _, follows := team.(member); !follows && len(out) == 0 {
		t.Error("no detector shares work")
	}
	return out
}

var errPosted = errors.New("posted")

// member posts its shares and gets no further.
type member struct {
	share  core.Share
	posted map[string]map[int][]byte
}

func (m member) Together(_ context.Context, key string, part func(core.Share) ([]byte, error)) ([][]byte, error) {
	if m.posted[key] == nil {
		m.posted[key] = map[int][]byte{}
	}
	b, err := part(m.share)
	m.posted[key][m.share.Index] = b
	return nil, errors.Join(err, errPosted)
}

// leader takes what was posted. The last of several it computes itself, as if
// that worker were lost.
type leader struct {
	of     int
	posted map[string]map[int][]byte
}

func (l leader) Together(_ context.Context, key string, part func(core.Share) ([]byte, error)) (out [][]byte, err error) {
	for i := range l.of {
		b, ok := l.posted[key][i]
		if !ok || i > 1 {
			if b, err = part(core.Share{Index: i, Of: l.of}); err != nil {
				return nil, err
			}
		}
		out = append(out, b)
	}
	delete(l.posted, key)
	return out, nil
}
