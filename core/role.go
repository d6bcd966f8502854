package core

// Role says what an artifact is for. It is guessed by the subjects and can be
// corrected by the user. What is known of a role is a [Part] of a subject.
type Role string

// The roles. Other and "" are not read by any data detector.
const (
	RoleModel           Role = "model"
	RoleActivations     Role = "activations"        // N x D features of the rows under test
	RolePooled          Role = "activations-pooled" // the same, averaged over places of a map or tokens of a sequence
	RoleLabels          Role = "labels"             // the N labels trained on
	RoleProbs           Role = "probs"              // N x K predicted probabilities
	RoleLogits          Role = "logits"             // N x K values that a softmax makes probabilities
	RoleIDs             Role = "ids"                // N names of the rows
	RoleSources         Role = "sources"            // N names of where the rows come from
	RoleView            Role = "view"               // N x V features that do not know the labels
	RoleLosses          Role = "losses"             // N x E losses of the rows, by epoch
	RoleReference       Role = "reference"          // M x D features of trusted rows
	RoleReferenceLabels Role = "reference-labels"   // M labels of the trusted rows
	RoleWeights         Role = "weights"            // K x D final layer
	RoleBias            Role = "bias"               // K final layer
	RoleTestLabels      Role = "test-labels"
	RoleTestPred        Role = "test-pred"
	RoleTestTriggered   Role = "test-pred-triggered"
	RoleTrust           Role = "trust"         // a key, certificate or root that signatures are checked against
	RoleDocuments       Role = "documents"     // texts for retrieval: files, or the rows of a store
	RoleQueries         Role = "queries"       // what users ask of a store, one a line or a row
	RoleHosts           Role = "allowed-hosts" // hosts that documents may come from, one a line
	RoleAnswers         Role = "answers"       // recorded answers of a model, without and with a trigger
	RoleGarak           Role = "garak"         // a report of garak, or its log of hits
	RoleOther           Role = "other"
)
