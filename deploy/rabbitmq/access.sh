#!/bin/sh
# access.sh - who may do what on RabbitMQ, as deploy/mosquitto/cloud.acl has it for mosquitto. Run it once on a node.
# One user for each site's forwarder with the devices of that site by name, and one for the sink. Passwords come from
# the environment: SINK_PASSWORD, SITE1_PASSWORD.
set -eu

user() { # NAME PASSWORD MAY_PUBLISH MAY_READ
  rabbitmqctl add_user "$1" "$2" >/dev/null
  # the queue of its session, and the exchange that MQTT goes through
  rabbitmqctl set_permissions "$1" '^mqtt-subscription-.*' '^(mqtt-subscription-.*|amq\.topic)$' '^(mqtt-subscription-.*|amq\.topic)$'
  # levels are parted by dots here
  rabbitmqctl set_topic_permissions "$1" amq.topic "$3" "$4"
}

user sink "$SINK_PASSWORD" '^facepipe\.[^.]+\.(stored|dead)$' '^facepipe\.[^.]+\.faces$'
user site1 "$SITE1_PASSWORD" '^facepipe\.(door|window)\.(faces|visits)$' '^facepipe\.(door|window)\.stored$'
