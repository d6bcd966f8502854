// Package core holds the words of Taster: sources, artifacts, findings, events
// and the two kinds of plug-in, formats and detectors. It knows no host: it
// reads no clock and no environment, opens no file, and imports only the
// standard library without os and net.
//
//	Source -> Format -> Artifact -> Detector -> Event ... -> Report -> writers
//	                       \-> dataset.Load -> Dataset -^
package core

// Version is the product's version, in every report.
const Version = "0.1.0"
