package report

import "io"

// OriginText says where the key is from and, if url is not empty, where the URL is
// from.
func OriginText(w io.Writer, key, url string) error {
	text := "key: from " + Safe(key) + "\n"
	if url != "" {
		text += "url: from " + Safe(url) + "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}
