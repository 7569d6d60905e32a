package check

import (
	"strings"
	"testing"
)

func TestPasswordKind(t *testing.T) {
	for _, str := range []string{
		"postgresql://prefect:correct-horse-9@db.example:5432/p", "redis://:correct-horse@cache:6379/0", "amqp://a:p%40ss@mq//",
		"mysql://a:p/w@horse@db/x", "see https://a:correct-horse@h/x, which works", "snowflake://a:Corr3ct#horse@acct/db",
		"prefect:correct-horse-9@db", "prefect:correct-horse@db/p", "a:correct@db.example:5432", "a:correct@tcp(db:3306)/x",
		"jdbc:oracle:thin:scott/tigger9@//h:1521/s", "scott/tigger9@h:1521/s", "jdbc:postgresql://db/x?user=a&password=correct",
		"Server=db;Password=correct", "Driver={X};Uid=a;Pwd={co;rrect}", "host=db password='correct horse'", "host=db password=correct",
		"AccountName=a;AccountKey=abcd==", "https://h/c?sv=1&sig=abcd%3D", "https://h/?token=correct", "--password=correct",
		"postgresql://${user}:correct@db/x", "postgresql://a:pa$word9@db/x", "Server=db;DB_PASSWORD=correct;User=${USER}",
		"git+https://8fK2pQ9xLm4Vt7Zr1Wn6Bc3Y@git.example.com/org/repo",
	} {
		if passwordKind(str) == "" {
			t.Errorf("%s has no password", str)
		}
	}
	for _, str := range []string{
		"", "http://localhost:8080/path?next=a@b", "postgresql://postgres@localhost/x", "git@github.com:org/repo", "ssh://git@github.com:22/x",
		"docker.io/org/img:1.2@sha256:0123456789abcdef", "docker://python:3.7@sha256:0123456789abcdef", "serviceAccount:etl@p.iam.gserviceaccount.com",
		"user:alice@example.com", "mailto:alice@example.com", "slack:alerts@example.com", "12:30@noon", "actions/checkout@v4",
		"postgresql://${user}:${password}@db/x", "postgresql://a:$PASSWORD@db/x", "postgresql://<user>:<password>@<host>/x",
		"postgresql://{user}:{password}@{host}/x", "postgresql://user:password@host/x", "user:pass@host", "postgresql://a:xxx@db/x",
		"Server=db;Trusted_Connection=yes", "Persist Security Info=False;require_password=true", "Server=db;Password=${PW}", "Server=db;Password=$PW;",
		"password=password", "password=%s", "select * from t where password = :password and token = 'x'", "[%(asctime)s] token=%(message)s",
		"https://9f86d081884c7d659a2feaa0c55ad015@o0.ingest.sentry.io/0", "host=db passfile=/home/x/.pgpass", "ssl password=/run/secrets/key",
	} {
		if kind := passwordKind(str); kind != "" {
			t.Errorf("%s is %s", str, kind)
		}
	}
}

// TestPasswordsIsLinear has strings that would take hours in quadratic time.
func TestPasswordsIsLinear(t *testing.T) {
	for _, part := range []string{"a://", "a://b:", "://:@", "password=", "a:b@", "${", "{{", "<a", "="} {
		str := strings.Repeat(part, 1<<18/len(part))
		passwordKind(str)
		isPlaceholder(str)
		refers(str)
	}
}
