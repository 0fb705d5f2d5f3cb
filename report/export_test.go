package report

// Directions is for tests.
var Directions = directions
