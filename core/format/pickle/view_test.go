package pickle

import (
	"math"
	"testing"
)

func TestOutside(t *testing.T) {
	for _, test := range []struct {
		name         string
		numel, width int64
		offset       int64
		size, stride []int64
		outside      bool
	}{
		{"whole", 12, 1, 0, []int64{3, 4}, []int64{4, 1}, false},
		{"part", 12, 1, 4, []int64{2, 4}, []int64{4, 1}, false},
		{"one number", 1, 1, 0, nil, nil, false},
		{"a number of nothing", 0, 1, 0, nil, nil, true},
		{"nothing of nothing", 0, 1, 0, []int64{0, 4}, []int64{4, 1}, false},
		{"expanded", 1, 1, 0, []int64{1000, 1000}, []int64{0, 0}, false},
		{"transposed", 12, 1, 0, []int64{4, 3}, []int64{1, 4}, false},
		{"larger", 4, 1, 0, []int64{5}, []int64{1}, true},
		{"moved", 4, 1, 1, []int64{4}, []int64{1}, true},
		{"stretched", 4, 1, 0, []int64{2}, []int64{4}, true},
		{"negative offset", 4, 1, -1, []int64{1}, []int64{1}, true},
		{"negative offset of nothing", 4, 1, -1, []int64{0}, []int64{1}, true},
		{"negative stride", 4, 1, 3, []int64{2}, []int64{-1}, true},
		{"negative size", 4, 1, 0, []int64{-1}, []int64{1}, true},
		{"negative storage", -4, 1, 0, []int64{1}, []int64{1}, true},
		{"no stride", 4, 1, 0, []int64{2}, nil, true},
		{"overflow", 4, 1, 0, []int64{math.MaxInt64, math.MaxInt64}, []int64{math.MaxInt64, 4}, true},
		{"overflow to inside", 4, 1, 0, []int64{1 << 32, 2}, []int64{1 << 32, 1}, true},
		{"bytes", 8, 2, 0, []int64{4}, []int64{1}, false},
		{"too few bytes", 7, 2, 0, []int64{4}, []int64{1}, true},
	} {
		if why := outside(test.numel, test.width, test.offset, test.size, test.stride); (why != "") != test.outside {
			t.Errorf("%s: %q", test.name, why)
		}
	}
}
