# Reads .env as docker compose does, for scripts that need a value themselves. Source it, then: env_value NAME [FILE]
#   Blank lines and lines that begin with # say nothing; `export` and spaces around the name and the equals sign do not matter;
#   an unquoted value ends before " #"; 'single quotes' keep everything, "double quotes" know \n \t \r \" \\ and \$;
#   a file written on Windows is the same file; the last line of a name counts. ${OTHER} is not replaced.

# Prints the value, or nothing. Returns 1 when the file does not set the name.
env_value() {
  [ -f "${2:-.env}" ] || return 1
  awk -v wanted="$1" '
    function unquoted(text) {
      sub(/[ \t]+#.*$/, "", text)
      if (text ~ /^#/) text = ""
      sub(/[ \t]+$/, "", text)
      return text
    }
    # From the opening quote to the one that closes it.
    function quoted(text, quote,    result, i, c) {
      result = ""
      for (i = 2; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == quote) return result
        if (c == "\\" && quote == "\"" && i < length(text)) {
          c = substr(text, ++i, 1)
          if (c == "n") c = "\n"
          else if (c == "t") c = "\t"
          else if (c == "r") c = "\r"
          else if (c != "\"" && c != "\\" && c != "$") c = "\\" c
        }
        result = result c
      }
      return text
    }
    {
      sub(/\r$/, "")
      if (NR == 1) sub(/^\357\273\277/, "")
      if ($0 ~ /^[ \t]*(#|$)/) next
      sub(/^[ \t]*(export[ \t]+)?/, "")
      at = index($0, "=")
      if (at == 0) next
      name = substr($0, 1, at - 1)
      sub(/[ \t]+$/, "", name)
      if (name != wanted) next
      value = substr($0, at + 1)
      sub(/^[ \t]+/, "", value)
      first = substr(value, 1, 1)
      value = (first == "\"" || first == "\047") ? quoted(value, first) : unquoted(value)
      found = 1
    }
    END { if (!found) exit 1; printf "%s", value }
  ' "${2:-.env}"
}
