package scan

import "taster/core/num"

// joined is the rows under test and the trusted ones in one matrix, without
// the columns in which trusted rows do not vary.
type joined struct {
	cols    int
	trusted []num.Rows // by class
	all     []num.Rows // by class: the rows under test, then the trusted ones
	centre  []float64  // mean of all rows
}

func (a *analysis) join() *joined {
	d := a.pass.Data
	columns := varying(d.Ref.Data, d.Ref.Cols, d.RefLabels)
	out := &joined{cols: len(columns)}
	var data []float32
	add := func(row []float32) int {
		for _, j := range columns {
			data = append(data, row[j])
		}
		return len(data)/max(len(columns), 1) - 1
	}
	byClass := make([][]int, len(a.classes))
	for i, c := range d.RefLabels {
		if c >= 0 {
			byClass[c] = append(byClass[c], i)
		}
	}
	every := num.Rows{Cols: out.cols}
	for c := range a.classes {
		var test, ref []int
		for _, r := range a.classes[c].rows {
			test = append(test, add(d.X.Row(r)))
		}
		for _, r := range byClass[c] {
			ref = append(ref, add(d.Ref.Row(r)))
		}
		out.trusted = append(out.trusted, num.Rows{Cols: out.cols, Index: ref})
		out.all = append(out.all, num.Rows{Cols: out.cols, Index: append(test, ref...)})
		every.Index = append(every.Index, out.all[c].Index...)
	}
	for c := range out.all {
		out.all[c].Data, out.trusted[c].Data = data, data
	}
	every.Data = data
	out.centre = every.Mean()
	return out
}

// varying lists the columns that are not the same in all rows with a class.
func varying(data []float32, cols int, labels []int) []int {
	first := -1
	varies := make([]bool, cols)
	for i, c := range labels {
		switch {
		case c < 0:
			continue
		case first < 0:
			first = i
		}
		for j := range varies {
			varies[j] = varies[j] || data[i*cols+j] != data[first*cols+j]
		}
	}
	var out []int
	for j, v := range varies {
		if v {
			out = append(out, j)
		}
	}
	return out
}
