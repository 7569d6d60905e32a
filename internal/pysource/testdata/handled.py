from contextlib import suppress
from prefect.client import Secret
from prefect.exceptions import ClientError
from prefect.tasks.secrets import PrefectSecret
import prefect

ERRORS = (ValueError, KeyError)

try:
    a = Secret("VALUE").get()
except ValueError:
    a = None
try:
    a = PrefectSecret("KEY").run()
except KeyError:
    pass


def f():
    try:
        return Secret("BOTH").get()
    except ERRORS as e:
        return e
    finally:
        done()


try:
    a = Secret("ALONE").get()
except Exception:
    a = None
try:
    a = post(Secret("MORE").get())
except Exception:
    a = None
try:
    a = Secret("BARE").get()
    log(a)
except:
    a = None
try:
    a = Secret("FIRST").get()
    log(a)
except ValueError:
    a = None
except Exception:
    log(1)
try:
    a = Secret("RAISES").get()
except ValueError as e:
    raise RuntimeError("no secret") from e
try:
    a = Secret("EXITS").get()
except ValueError:
    sys.exit(1)
try:
    try:
        a = Secret("OUTER").get()
    except KeyError:
        a = 1
except (ValueError, ClientError):
    a = 2
try:
    task = PrefectSecret("ONLY_BUILT")
except ValueError:
    task = None
task.run()
s = Secret("LATER")
try:
    s.get()
except ValueError:
    pass
try:
    g = lambda: Secret("LAMBDA").get()
    def g(): return Secret("FUNCTION").get()
except ValueError:
    pass
try:
    pass
except ValueError:
    Secret("IN_HANDLER").get()
else:
    Secret("IN_ELSE").get()
with suppress(ValueError, KeyError):
    Secret("SUPPRESSED").get()
try:
    prefect.context.secrets["ITEM"]
    prefect.context.secrets.POP
except KeyError:
    pass
try:
    prefect.context.secrets.ATTRIBUTE
except AttributeError:
    pass
try:
    both = Secret("TWICE")
    both.get()
except ValueError:
    pass
both.get()
try:
    Secret("OTHER").get()
except OtherError:
    pass
