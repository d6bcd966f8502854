package state

// Sample is a built-in example. boot.js loads its files with the page, so that
// it works without the server.
type Sample struct {
	Name, Title, Note string
	Files             []string // addresses below the page
	Truth             string   // address of the rows that were poisoned, or ""
}

// SampleChosen asks for a built-in example.
type SampleChosen struct{ Name string }

func (msg SampleChosen) apply(*Model) []Effect { return []Effect{LoadSample(msg)} }

// Samples lists the examples in the order of their tiles.
func Samples() []Sample {
	return []Sample{
		{"booby-trapped", "Booby-trapped checkpoint", "A PyTorch archive whose pickle calls os.system on loading. Taster reads it and runs nothing.",
			[]string{"samples/checkpoint.pt"}, ""},
		{"backdoor", "Backdoored image features", "4\u202f000 digits, 128 features each. 3\u00a0% carry a patch and the label 7.",
			[]string{"samples/backdoor/activations.npy", "samples/backdoor/labels.npy"}, "samples/backdoor/truth.json"},
		{"labelflip", "Flipped labels", "1\u202f400 digits, 64 features each, with a model’s probabilities. 112 labels were moved at random.",
			[]string{"samples/labelflip/activations.npy", "samples/labelflip/labels.npy", "samples/labelflip/oos_pred_probs.npy"}, "samples/labelflip/truth.json"},
		{"clean", "Control without an attack", "1\u202f200 digits, 64 features each; 12 rows are near duplicates. What a quiet result looks like.",
			[]string{"samples/control/activations.npy", "samples/control/labels.npy"}, ""},
	}
}
