#!/bin/bash
#
# The host's tools: what the build, the machine, the tests and the documentation need, in one table.
#
#   host-tools.sh doctor        shows every tool, its version and what to do about each difference
#   host-tools.sh deps          installs everything that is missing
#   host-tools.sh need GROUP    sees to it that the tools of GROUP are there, installs what is missing
#   host-tools.sh python        prints the Python interpreter that the project uses
#
# From the environment: ARCH (the target), BUILD (where notes are kept), PYTHON (an interpreter to try
# first), GOAL_GROUPS (what else this run of make will need, so that one question covers it all),
# YES=1 (don't ask). Bash and coreutils are all it needs: it runs where nothing is installed yet.

set -u -o pipefail
# shellcheck source=kernel/tools/host-tools.list
. "${BASH_SOURCE[0]%/*}/host-tools.list"

ARCH=${ARCH:-x86_64}
NOTES=${BUILD:-build}/tools
ARCHES="x86_64 aarch64 riscv64"
HOST_ARCH=$(uname -m)
[ "$HOST_ARCH" = arm64 ] && HOST_ARCH=aarch64

# --- the table -----------------------------------------------------------------------------------
# Debian's names for what depends on the target.
qemu_package() {
    case $1 in
        x86_64) echo qemu-system-x86 ;;
        aarch64) echo qemu-system-arm ;;
        riscv64) echo 'qemu-system-riscv|qemu-system-misc' ;;
    esac
}

# Prints the rows of the table for target $1, as "command|least|package|groups|purpose"; where there is
# a choice of packages they are joined by a slash.
tools_for() {
    local prefix='' cross='gcc' binutils='binutils' dashed=${1//_/-}
    if [ "$1" != "$HOST_ARCH" ]; then
        prefix=$dashed-linux-gnu-
        cross=gcc-$dashed-linux-gnu
        binutils=binutils-$dashed-linux-gnu
    fi
    local command least package groups purpose
    while read -r command least package groups purpose; do
        case $command in '' | '#'*) continue ;; esac
        command=${command//%cross/$prefix}
        command=${command//%arch/$1}
        package=${package//%cross-gcc/$cross}
        package=${package//%cross-binutils/$binutils}
        package=${package//%qemu/$(qemu_package "$1")}
        echo "$command|$least|${package//|//}|$groups|${purpose//%arch/$1}"
    done <<<"$TOOLS"
}

# Whether the comma-separated list $1 has one of the words $2.
in_groups() {
    local group
    for group in $2; do
        case ",$1," in *",$group,"*) return 0 ;; esac
    done
    return 1
}

# A command is looked up in PATH; a row that starts with a slash is a file.
tool_exists() {
    case $1 in
        /*) compgen -G "$1" >/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# The first number with a dot in it that the tool says of itself.
tool_version() {
    case $1 in
        /*) [ ! -x "$1" ] || "$1" --version 2>&1 ;;
        dot) dot -V 2>&1 ;;
        *) "$1" --version 2>&1 </dev/null ;;
    esac | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1
}

# Whether version $1 is $2 or later.
version_reaches() {
    [ "$2" = - ] || [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

# --- Python --------------------------------------------------------------------------------------
# The interpreter for which apt installs modules.
APT_PYTHON=/usr/bin/python3
# Tells of each module its version and where it is; nothing when the interpreter is too old.
PYTHON_PROBE='
import importlib.util, sys
from importlib import metadata
if sys.version_info < tuple(map(int, sys.argv[1].split("."))):
    sys.exit(1)
for argument in sys.argv[2:]:
    module, distribution = argument.split(":")
    try:
        place = importlib.util.find_spec(module).origin
        print(module, metadata.version(distribution), place)
    except (AttributeError, ImportError, metadata.PackageNotFoundError):
        pass
'

python_arguments() {
    local module distribution rest
    while read -r module distribution rest; do
        case $module in '' | '#'*) continue ;; esac
        printf '%s:%s ' "$module" "$distribution"
    done <<<"$PYTHON_MODULES"
}

python_candidates() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 "$APT_PYTHON" python3.13 python3.12 python3.11 \
        /usr/local/bin/python3; do
        command -v "$candidate"
    done | awk '!seen[$0]++'
}

# The modules that interpreter $1 has; fails when it is too old or not there.
python_modules_of() {
    # shellcheck disable=SC2046 # the arguments are words
    "$1" -c "$PYTHON_PROBE" "$PYTHON_LEAST" $(python_arguments) 2>/dev/null
}

# Notes the first interpreter that lacks nothing. Where each lacks something it is the one that apt
# serves: another's own modules would be of no use to it, so all that it lacks must be named.
#
# Line 1 of the note is what was asked for, line 2 the interpreter, then a line for each module.
python_choose() {
    local candidate modules chosen='' found='' wanted
    wanted=$(python_arguments | wc -w)
    while read -r candidate; do
        modules=$(python_modules_of "$candidate") || continue
        if [ -z "$chosen" ] || [ "$candidate" = "$APT_PYTHON" ]; then
            chosen=$candidate found=$modules
        fi
        if [ "$(printf '%s' "$modules" | grep -c '^')" -eq "$wanted" ]; then
            chosen=$candidate found=$modules
            break
        fi
    done < <(python_candidates)
    mkdir -p "$NOTES"
    printf '%s\n' "$(python_key)" "$chosen" ${found:+"$found"} >"$NOTES/python.$$"
    mv "$NOTES/python.$$" "$NOTES/python"
}

python_key() {
    echo "${PYTHON:-} $(command -v python3) ${BASH_SOURCE[0]%/*}"
}

# Whether the note still holds: asked the same, and every file that it names is there.
python_note_holds() {
    local key interpreter place
    [ -r "$NOTES/python" ] && [ "$NOTES/python" -nt "${BASH_SOURCE[0]%/*}/host-tools.list" ] || return 1
    {
        IFS= read -r key && [ "$key" = "$(python_key)" ] || return 1
        read -r interpreter && [ -x "$interpreter" ] || return 1
        while read -r _ _ place; do
            [ -e "$place" ] || return 1
        done
    } <"$NOTES/python"
}

python_interpreter() {
    python_note_holds || python_choose
    sed -n 2p "$NOTES/python"
}

python_module_version() {
    awk -v module="$1" 'NR > 2 && $1 == module {print $2}' "$NOTES/python"
}

# --- what is missing -----------------------------------------------------------------------------
# Prints "what|package|purpose" for everything of the groups $2 that target $1 lacks.
missing_for() {
    local command least package groups purpose module distribution
    while IFS='|' read -r command least package groups purpose; do
        if in_groups "$groups" "$2" && ! tool_exists "$command"; then
            echo "$command|$package|$purpose"
        fi
    done < <(tools_for "$1")
    python_interpreter >/dev/null
    if in_groups python "$2" && [ -z "$(sed -n 2p "$NOTES/python")" ]; then
        echo "python3 $PYTHON_LEAST|python3|runs the project's own tools"
    fi
    while read -r module distribution least package groups purpose; do
        case $module in '' | '#'*) continue ;; esac
        if in_groups "$groups" "$2" && [ -z "$(python_module_version "$module")" ]; then
            echo "Python module $module|$package|$purpose"
        fi
    done <<<"$PYTHON_MODULES"
}

report_missing() {
    local what package purpose
    while IFS='|' read -r what package purpose; do
        echo "missing: $what ($purpose): install the package ${package//\// or }"
    done <<<"$1"
}

# --- installing ----------------------------------------------------------------------------------
# Of packages joined by slashes, the first that apt knows.
apt_choose() {
    local package
    for package in ${1//\// }; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            echo "$package"
            return
        fi
    done
    echo "${1##*/}"
}

at_terminal() {
    { [ -t 0 ] || [ -t 2 ]; } && (: </dev/tty) 2>/dev/null
}

apt_install() {
    local as_root=() package packages=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "as root: apt-get install ${*//\/*/}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    # On a new machine apt knows no packages yet.
    apt-cache show make >/dev/null 2>&1 || "${as_root[@]}" apt-get update -q
    for package in "$@"; do
        packages+=("$(apt_choose "$package")")
    done
    local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
        apt-get install -q -y --no-install-recommends "${packages[@]}")
    "${install[@]}" && return
    echo "host tools: trying again with a new list of packages" >&2
    "${as_root[@]}" apt-get update -q && "${install[@]}"
}

# Says what is missing, the things $1, and installs it, after asking when someone is there.
install_missing() {
    local packages answer
    mapfile -t packages < <(cut -d '|' -f 2 <<<"$1" | sort -u)
    report_missing "$1" >&2
    if ! command -v apt-get >/dev/null; then
        echo "There is no apt-get here: install these with your system's own tools." >&2
        return 1
    fi
    if [ "${YES:-0}" != 1 ] && at_terminal; then
        printf 'Install with apt: %s? [Y/n] ' "${packages[*]}" >&2
        read -r answer </dev/tty
        case $answer in '' | [yY]*) ;; *) return 1 ;; esac
    fi
    apt_install "${packages[@]}" >&2
    rm -f "$NOTES/python"
}

# --- commands ------------------------------------------------------------------------------------
need() {
    local missing
    missing=$(missing_for "$ARCH" "$1")
    [ -z "$missing" ] && return
    # One installs while others wait, then look again.
    mkdir -p "$NOTES"
    exec 9>"$NOTES/lock"
    ! command -v flock >/dev/null || flock 9
    if [ -n "$(missing_for "$ARCH" "$1")" ]; then
        install_missing "$(missing_for "$ARCH" "$1 ${GOAL_GROUPS:-}")" || exit 1
    fi
    exec 9>&-
    check_installed "$(missing_for "$ARCH" "$1")"
}

# The last word after an installation: $1 is what is still missing.
check_installed() {
    [ -z "$1" ] && return
    echo "still missing after the installation:" >&2
    report_missing "$1" >&2
    return 1
}

deps() {
    local missing
    missing=$(for arch in $ARCHES; do missing_for "$arch" "$GROUPS_ALL"; done | sort -u)
    if [ -z "$missing" ]; then
        echo "Nothing is missing."
        return
    fi
    install_missing "$missing" || return
    check_installed "$(for arch in $ARCHES; do missing_for "$arch" "$GROUPS_ALL"; done | sort -u)"
}

case ${1:-} in
    doctor) . "${BASH_SOURCE[0]%/*}/host-doctor.sh" && doctor ;;
    deps) deps ;;
    need) need "${*:2}" ;;
    python) python_interpreter ;;
    *)
        echo "usage: host-tools.sh doctor | deps | need GROUP... | python" >&2
        exit 2
        ;;
esac
