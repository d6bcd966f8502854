package hdf5

import "taster/core"

var (
	ruleUnread = core.Rule{ID: "HDF5-UNREAD", Title: "A part of the file was not read", Severity: core.Medium,
		Matters: "It was not assessed: the description of a model or a link to another file may stand there.",
		Benign:  "A rare feature of HDF5, or a file that was cut short.",
		Do:      "Copy the file with h5repack and scan the copy, or look at the object with h5dump.",
		Refs:    []string{"LLM03:2025", "CWE-20"}}
	ruleData = core.Rule{ID: "HDF5-DATA", Title: "The place of a dataset contradicts its shape", Severity: core.Medium,
		Matters: "Readers differ in what they make of it, so what was reviewed need not be what is loaded.",
		Benign:  "A writer with a defect, or a file that was cut short.",
		Do:      "Fetch the file again and compare its digest with the publisher's.",
		Refs:    []string{"AML.T0018.000", "LLM03:2025", "CWE-20", "CWE-125"}}
	ruleObjects = core.Rule{ID: "HDF5-OBJECTS", Title: "A dataset of pickled objects was not read", Severity: core.Medium,
		Matters: "PyTables and pandas unpickle such data when it is read, which runs what the pickles say.",
		Benign:  "pandas writes columns of Python objects this way.",
		Do:      "Do not read the file with PyTables or pandas; ask for Parquet or CSV instead.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-502"}}
	ruleUserBlock = core.Rule{ID: "HDF5-USER-BLOCK", Title: "Other content stands before the HDF5 file", Severity: core.Low,
		Matters: "Another program reads the same file as something else, such as a script.",
		Benign:  "HDF5 allows it; MATLAB writes a line of text there.",
		Do:      "Look at what the first part was recognised as.",
		Refs:    []string{"AML.T0018.002", "LLM03:2025", "CWE-434"}}
)
