# Prints what can be asked of make, from comments in the makefiles:
#
#   target: prerequisites ##group What it does
#   ##variable NAME=default What it is for
#   ##title A line that is printed first
#
# A group is one of those below; another one is shown last, under its own name.

BEGIN {
    count = split("build run grade labs check docs course", order)
    title["build"] = "Building"
    title["run"] = "Running and debugging"
    title["grade"] = "Grading"
    title["labs"] = "From lab to lab"
    title["check"] = "Measuring and checking"
    title["docs"] = "Documentation"
    title["course"] = "Making the course"
}

/^[A-Za-z0-9_.-]+:.*##[a-z]+ / {
    target = $0
    sub(/:.*/, "", target)
    text = $0
    sub(/^.*##/, "", text)
    group = text
    sub(/ .*/, "", group)
    sub(/^[a-z]+ /, "", text)
    if (!(group in title)) {
        title[group] = group
        order[++count] = group
    }
    lines[group] = lines[group] sprintf("  %-24s %s\n", target, text)
}

/^##title / {
    text = $0
    sub(/^##title /, "", text)
    first = first text "\n"
}

/^##variable / {
    text = $0
    sub(/^##variable [^ ]+ /, "", text)
    variables = variables sprintf("  %-24s %s\n", $2, text)
}

END {
    if (first != "")
        print first
    print "make TARGET [VARIABLE=value]...\n"
    for (i = 1; i <= count; i++) {
        if (order[i] in lines)
            printf "%s\n%s\n", title[order[i]], lines[order[i]]
    }
    printf "Variables, with their defaults\n%s", variables
}
