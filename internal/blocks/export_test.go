package blocks

// SetMaxAnswer bounds answers by fewer bytes, so that tests need not make long ones.
func (c *Client) SetMaxAnswer(n int64) { c.maxAnswer = n }
