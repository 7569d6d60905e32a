package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

type checkRunRequest struct {
	Name       string `json:"name"`
	HeadSHA    string `json:"head_sha"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	Output     struct {
		Title       string       `json:"title"`
		Summary     string       `json:"summary"`
		Annotations []Annotation `json:"annotations"`
	} `json:"output"`
}

// problem returns why GitHub refuses a request, or "" if it does not.
func (r checkRunRequest) problem() string {
	switch {
	case r.Name == "":
		return "name is missing"
	case r.Output.Title == "" || r.Output.Summary == "" || len(r.Output.Summary) > 65535:
		return "output needs a title and a summary of at most 65535 characters"
	case len(r.Output.Annotations) > maxAnnotations:
		return "no more than 50 annotations"
	}
	for _, a := range r.Output.Annotations {
		if a.Path == "" || a.StartLine < 1 || a.EndLine < a.StartLine || a.Message == "" || a.AnnotationLevel == "" {
			return fmt.Sprintf("annotation of %q is not complete", a.Path)
		}
		if a.StartColumn > 0 && a.StartLine != a.EndLine {
			return "columns are for annotations of one line"
		}
	}
	return ""
}

func readRun(w http.ResponseWriter, r *http.Request) (run checkRunRequest, ok bool) {
	if err := json.NewDecoder(r.Body).Decode(&run); err != nil {
		fail(w, http.StatusBadRequest, "Problems parsing JSON")
		return run, false
	}
	if problem := run.problem(); problem != "" {
		fail(w, http.StatusUnprocessableEntity, problem)
		return run, false
	}
	return run, true
}

func (s *Server) createRun(w http.ResponseWriter, r *http.Request) {
	in, ok := readRun(w, r)
	if !ok {
		return
	}
	if len(in.HeadSHA) != 40 {
		fail(w, http.StatusUnprocessableEntity, "No commit found for SHA")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs = append(s.runs, CheckRun{
		in.Name, in.HeadSHA, in.Status, in.Conclusion, in.Output.Title, in.Output.Summary, in.Output.Annotations,
	})
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]int{"id": len(s.runs)})
}

func (s *Server) updateRun(w http.ResponseWriter, r *http.Request) {
	in, ok := readRun(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || id < 1 || id > len(s.runs) {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	s.runs[id-1].Annotations = append(s.runs[id-1].Annotations, in.Output.Annotations...)
	_ = json.NewEncoder(w).Encode(map[string]int{"id": id})
}
