package binary

// Pending leaves out the attacks whose mends stand in other branches: those of
// test/attack/bounded_test.go, and what test/canary asks of answers that repeat what
// was sent in another encoding or are no HTTP, and of cores.
const Pending = true
