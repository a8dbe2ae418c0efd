#!/bin/sh
# Posé en /usr/local/bin/plirec : lance une commande de Plirec avec les réglages et sous le compte du
# service, pour qu’elle trouve les mêmes données et n’y laisse aucun fichier d’un autre compte.
set -eu
if [ "$(id -u)" -ne 0 ]; then
    echo "Lancez cette commande avec sudo." >&2
    exit 2
fi
set -a
. /etc/plirec.env
set +a
umask 077
exec runuser -u plirec -- /opt/plirec/.venv/bin/plirec "$@"
