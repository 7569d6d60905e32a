package check

import "strings"

// isShellVariable reports whether a shell, a login, the system or a CI sets a variable
// for its own purpose, so that a config that names it gets something else than its
// secret.
func isShellVariable(name string) bool {
	for _, prefix := range []string{
		"BASH", "CONDA_", "DBUS_", "GITHUB_", "KUBERNETES_", "LC_", "LD_", "PREFECT__", "PROCESSOR_", "PYTHON", "RUNNER_", "SSH_", "SUDO_", "XDG_",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return shellVariables[name]
}

// shellVariables are those of POSIX, of bash and zsh, of logins, of Windows, and the
// NAME of WSL.
var shellVariables = wordSet(`ALLUSERSPROFILE APPDATA CI COLUMNS COMPUTERNAME COMSPEC CPU DEBUG DISPLAY EDITOR EGID ENV EUID FUNCNAME GID GROUPS
	HISTFILE HISTSIZE HOME HOMEDRIVE HOMEPATH HOST HOSTNAME HOSTTYPE HTTPS_PROXY HTTP_PROXY IFS LANG LANGUAGE LINENO LINES LOCALAPPDATA LOGNAME
	LOGONSERVER MACHTYPE MAIL MAILCHECK MANPATH NAME NO_PROXY NUMBER_OF_PROCESSORS OLDPWD OPTARG OPTIND OS OSTYPE PAGER PATH PATHEXT
	PPID PROGRAMDATA PROGRAMFILES PROMPT PROMPT_COMMAND PS1 PS2 PS3 PS4 PUBLIC PWD RANDOM SECONDS SESSIONNAME SHELL SHELLOPTS SHLVL
	SYSTEMDRIVE SYSTEMROOT TEMP TERM TMP TMPDIR TTY TZ UID USER USERDOMAIN USERNAME USERPROFILE VIRTUAL_ENV VISUAL WINDIR ZDOTDIR`)
