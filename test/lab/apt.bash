# Debian's packages, for the scripts beside this one: sourced by them, which have `say` and `die`.

# need_packages INSTALL PACKAGE… - returns when they are installed. With INSTALL, root installs those that are not; else they are
# named, after $ABSENT, and the exit code is 3.
need_packages() {
  local install=$1 p missing=() guard=/usr/sbin/policy-rc.d mine='' rc=0
  shift
  for p in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true)" = installed ] || missing+=("$p")
  done
  [ ${#missing[@]} = 0 ] && return
  if [ -z "$install" ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "${ABSENT:-}not installed: apt-get install ${missing[*]}"
    exit 3
  fi
  say "apt-get install ${missing[*]}"
  apt-get update -qq >&2 || say 'apt-get update complained; going on with the lists there are'
  # the packages must not start their services
  [ -e $guard ] || { printf '#!/bin/sh\nexit 101\n' >$guard; chmod +x $guard; mine=1; }
  apt-get install -y -qq --no-install-recommends --no-remove "${missing[@]}" >&2 || rc=$?
  [ -z "$mine" ] || rm -f $guard
  [ $rc = 0 ] || die 'apt-get install failed'
}

# apt_aside FOLDER KIND RELEASE - an apt configuration with nothing but main of that release (KIND: deb or deb-src), from the archive
# that this machine uses; prints its path, for APT_CONFIG. Exits with 3 where there is no such archive.
apt_aside() {
  local folder=$1 kind=$2 release=$3 archive
  # shellcheck disable=SC2016 # apt-get fills them in
  archive=$(apt-get indextargets --format '$(LABEL) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" && $2 !~ /-/ { print $3; exit }')
  [ -n "$archive" ] || { say "no Debian archive among this machine's apt sources"; exit 3; }
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
  # the archive's address may hold a password
  ( umask 077
    echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $release main" >"$folder/sources.list" )
  cat >"$folder/apt.conf" <<C
Dir::State::Lists "$folder/lists";
Dir::Cache "$folder/cache";
Dir::Etc::SourceList "$folder/sources.list";
Dir::Etc::SourceParts "-";
Acquire::Languages "none";
APT::Sandbox::User "root";
C
  APT_CONFIG=$folder/apt.conf apt-get update -qq >&2 || die 'apt-get could not read the list of packages'
  printf '%s\n' "$folder/apt.conf"
}
