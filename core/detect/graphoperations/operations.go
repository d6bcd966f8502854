package graphoperations

import "taster/core"

// judgement says when an operation is worth a finding.
type judgement struct {
	rule *core.Rule
	why  string
	// path is the input with the place it acts on; -1 when there is none.
	path int
	// attr is the attribute with that place.
	attr string
	when when
}

// when is what a use of an operation must have for a finding.
type when uint8

const (
	always   when = iota // lower, when the path comes from the program
	fixed                // a path that the file itself sets
	outside              // an attribute that names a file or an address
	anywhere             // as fixed, and ordinary where a path is inside the folder
)

// tensorflow lists operations of TensorFlow by name.
var tensorflow = map[string]judgement{
	"PyFunc":                  {&ruleCode, "calls a Python function", -1, "token", always},
	"PyFuncStateless":         {&ruleCode, "calls a Python function", -1, "token", always},
	"EagerPyFunc":             {&ruleCode, "calls a Python function", -1, "token", always},
	"DatasetFromGraph":        {&ruleCode, "runs a graph that it is given as bytes", -1, "", always},
	"RemoteFusedGraphExecute": {&ruleCode, "hands a program to another processor", -1, "", always},

	"WriteFile":                     {&ruleWrite, "writes a file", 0, "", always},
	"DatasetToTFRecord":             {&ruleWrite, "writes a file of records", 1, "", always},
	"ExperimentalDatasetToTFRecord": {&ruleWrite, "writes a file of records", 1, "", always},
	"SaveDataset":                   {&ruleWrite, "writes a folder of records", 1, "", always},
	"SaveDatasetV2":                 {&ruleWrite, "writes a folder of records", 1, "", always},
	"DistributedSave":               {&ruleWrite, "writes a folder of records", 1, "", always},
	"SnapshotDataset":               {&ruleWrite, "writes a folder of records", 1, "", always},
	"SnapshotDatasetV2":             {&ruleWrite, "writes a folder of records", 1, "", always},
	"CacheDataset":                  {&ruleWrite, "writes its cache to a file", 1, "", fixed},
	"CacheDatasetV2":                {&ruleWrite, "writes its cache to a file", 1, "", fixed},
	"CreateSummaryFileWriter":       {&ruleWrite, "writes a folder of summaries", 1, "", fixed},
	"CreateSummaryDbWriter":         {&ruleWrite, "writes a database", 1, "", fixed},
	"PrintV2":                       {&ruleWrite, "appends to a file", -1, "output_stream", outside},
	"Save":                          {&ruleWrite, "writes a checkpoint", 0, "", fixed},
	"SaveV2":                        {&ruleWrite, "writes a checkpoint", 0, "", fixed},
	"SaveSlices":                    {&ruleWrite, "writes a checkpoint", 0, "", fixed},
	"MergeV2Checkpoints":            {&ruleWrite, "moves and deletes checkpoints", 1, "", fixed},
	"DebugIdentity":                 {&ruleWrite, "sends tensors to the places it names", -1, "debug_urls", outside},
	"DebugIdentityV2":               {&ruleWrite, "sends tensors to the places it names", -1, "debug_urls", outside},
	"DebugIdentityV3":               {&ruleWrite, "sends tensors to the places it names", -1, "debug_urls", outside},
	"DebugNanCount":                 {&ruleWrite, "sends figures to the places it names", -1, "debug_urls", outside},
	"DebugNumericSummary":           {&ruleWrite, "sends figures to the places it names", -1, "debug_urls", outside},
	"DebugNumericSummaryV2":         {&ruleWrite, "sends figures to the places it names", -1, "debug_urls", outside},

	"ReadFile":                   {&ruleRead, "reads a file", 0, "", always},
	"MatchingFiles":              {&ruleRead, "lists files", 0, "", always},
	"MatchingFilesDataset":       {&ruleRead, "lists files", 0, "", always},
	"ImmutableConst":             {&ruleRead, "maps a file into memory", -1, "memory_region_name", always},
	"WholeFileReader":            {&ruleRead, "reads files", -1, "", always},
	"WholeFileReaderV2":          {&ruleRead, "reads files", -1, "", always},
	"TextLineReader":             {&ruleRead, "reads files of text", -1, "", always},
	"TextLineReaderV2":           {&ruleRead, "reads files of text", -1, "", always},
	"FixedLengthRecordReader":    {&ruleRead, "reads files of records", -1, "", always},
	"FixedLengthRecordReaderV2":  {&ruleRead, "reads files of records", -1, "", always},
	"LMDBReader":                 {&ruleRead, "reads a database", -1, "", always},
	"LMDBDataset":                {&ruleRead, "reads a database", 0, "", always},
	"SqlDataset":                 {&ruleRead, "reads a database", 1, "", always},
	"ExperimentalSqlDataset":     {&ruleRead, "reads a database", 1, "", always},
	"TextLineDataset":            {&ruleRead, "reads files of text", 0, "", fixed},
	"CSVDataset":                 {&ruleRead, "reads files of text", 0, "", fixed},
	"CSVDatasetV2":               {&ruleRead, "reads files of text", 0, "", fixed},
	"ExperimentalCSVDataset":     {&ruleRead, "reads files of text", 0, "", fixed},
	"FixedLengthRecordDataset":   {&ruleRead, "reads files of records", 0, "", fixed},
	"FixedLengthRecordDatasetV2": {&ruleRead, "reads files of records", 0, "", fixed},
	"TFRecordDataset":            {&ruleRead, "reads files of records", 0, "", fixed},
	"TFRecordDatasetV2":          {&ruleRead, "reads files of records", 0, "", fixed},
	"LoadDataset":                {&ruleRead, "reads a folder of records", 0, "", fixed},
	"Restore":                    {&ruleRead, "reads a checkpoint", 0, "", anywhere},
	"RestoreV2":                  {&ruleRead, "reads a checkpoint", 0, "", anywhere},
	"RestoreSlice":               {&ruleRead, "reads a checkpoint", 0, "", anywhere},

	"InitializeTableFromTextFile":   {&ruleRead, "reads words from a file", 1, "", anywhere},
	"InitializeTableFromTextFileV2": {&ruleRead, "reads words from a file", 1, "", anywhere},

	"DataServiceDataset":   {&ruleNetwork, "takes data from another computer", 2, "", always},
	"DataServiceDatasetV2": {&ruleNetwork, "takes data from another computer", 3, "", always},
	"DataServiceDatasetV3": {&ruleNetwork, "takes data from another computer", 3, "", always},
	"DataServiceDatasetV4": {&ruleNetwork, "takes data from another computer", 3, "", always},
	"RegisterDataset":      {&ruleNetwork, "hands a graph to another computer", 1, "", always},
	"RegisterDatasetV2":    {&ruleNetwork, "hands a graph to another computer", 1, "", always},
	"Rpc":                  {&ruleNetwork, "calls another computer", 0, "", always},
	"TryRpc":               {&ruleNetwork, "calls another computer", 0, "", always},
}

// scriptDomain is the set of the operations of TorchScript code.
const scriptDomain = "torchscript"

// script lists operations of TorchScript by set and name. What they act on is
// the first text among their arguments.
var script = map[string]judgement{
	"aten::save":                         {&ruleWrite, "writes a file", -1, "text", always},
	"aten::from_file":                    {&ruleRead, "maps a file into memory, and can change it", -1, "text", always},
	"image::write_file":                  {&ruleWrite, "writes a file", -1, "text", always},
	"image::read_file":                   {&ruleRead, "reads a file", -1, "text", always},
	"prim::rpc_sync":                     {&ruleNetwork, "calls another computer", -1, "text", always},
	"prim::rpc_async":                    {&ruleNetwork, "calls another computer", -1, "text", always},
	"prim::rpc_remote":                   {&ruleNetwork, "calls another computer", -1, "text", always},
	"aten::rpc_sync":                     {&ruleNetwork, "calls another computer", -1, "text", always},
	"aten::rpc_async":                    {&ruleNetwork, "calls another computer", -1, "text", always},
	"aten::rpc_remote":                   {&ruleNetwork, "calls another computer", -1, "text", always},
	"torchaudio::sox_io_load_audio_file": {&ruleRead, "reads a file", -1, "text", always},
	"torchaudio::sox_io_save_audio_file": {&ruleWrite, "writes a file", -1, "text", always},
}

// onnx lists operations of ONNX Runtime that call Python, by domain.
func onnx(domain, name string) (judgement, bool) {
	switch {
	case domain == "pyopmulti", domain == "pyop", name == "PyOp":
		return judgement{&ruleCode, "imports a Python module and calls a class of it", -1, "module", always}, true
	case domain == "com.microsoft" && name == "PythonOp", domain == "com.microsoft" && name == "PythonOpGrad":
		return judgement{&ruleCode, "calls a Python function", -1, "func_name", always}, true
	case domain == "ai.onnx.contrib" && (name == "PyCustomOp" || name == "PyOp"):
		return judgement{&ruleCode, "calls a Python function", -1, "", always}, true
	}
	return judgement{}, false
}

// standard says whether an ONNX domain is defined by ONNX, its runtime or its
// exporters.
func standard(domain string) bool {
	switch domain {
	case "", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training", "ai.onnx.contrib",
		"com.microsoft", "com.microsoft.nchwc", "com.microsoft.experimental", "com.microsoft.dml", "com.microsoft.extensions",
		"com.ms.internal.nhwc", "org.pytorch.aten", "pkg.onnxscript.torch_lib", "pkg.torch", "tflite":
		return true
	}
	return false
}
