# Read by backup-store.sh and restore-store.sh: hide_password takes the password out of DATABASE_URL, want_primary says which of
# several hosts is meant.

# Everybody on the machine can read arguments, so the password goes by the environment, and DATABASE_URL goes on without it.
hide_password() {
  case $DATABASE_URL in *://*:*@*) ;; *) return 0 ;; esac
  scheme=${DATABASE_URL%%://*} rest=${DATABASE_URL#*://}
  credentials=${rest%%@*}
  case $credentials in *:*) ;; *) return 0 ;; esac
  PGPASSWORD=$(printf '%s\n' "${credentials#*:}" | awk '{
    digits = "0123456789abcdef"; decoded = ""
    while (match($0, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {
      hex = tolower(substr($0, RSTART + 1, 2))
      byte = 16 * (index(digits, substr(hex, 1, 1)) - 1) + index(digits, substr(hex, 2, 1)) - 1
      decoded = decoded substr($0, 1, RSTART - 1) sprintf("%c", byte); $0 = substr($0, RSTART + 3)
    }
    print decoded $0 }')
  export PGPASSWORD
  DATABASE_URL="$scheme://${credentials%%:*}@${rest#*@}"
}

# postgres://one:5432,two:5432/tams: the one that can be written to, as for the server; libpq alone would take the first that answers.
want_primary() {
  hosts=${DATABASE_URL#*://}
  hosts=${hosts%%[/?]*}
  case ${hosts##*@} in *,*) ;; *) return 0 ;; esac
  case $DATABASE_URL in
  *target_session_attrs=*) ;;
  *\?*) DATABASE_URL="$DATABASE_URL&target_session_attrs=read-write" ;;
  *) DATABASE_URL="$DATABASE_URL?target_session_attrs=read-write" ;;
  esac
}
