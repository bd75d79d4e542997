"""An ordinary client of Python's paho, for the tests of interoperability.

interop.py VERSION publish PORT TOPIC FILE [NAME=VALUE ...]
interop.py VERSION receive PORT TOPIC

VERSION is 5 or 4 (MQTT 3.1.1). `receive` prints "ready" once it has subscribed and then one line of JSON for one message.
"""
import hashlib
import json
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

version, action, port, topic = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
five = version == 5
client = mqtt.Client(protocol=mqtt.MQTTv5 if five else mqtt.MQTTv311)


def publish(path, pairs):
    properties = None
    if five:
        properties = Properties(PacketTypes.PUBLISH)
        properties.ContentType = "image/png"
        properties.UserProperty = [tuple(pair.split("=", 1)) for pair in pairs]
    client.connect("127.0.0.1", port)
    client.loop_start()
    with open(path, "rb") as file:
        client.publish(topic, file.read(), qos=1, properties=properties).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def receive():
    def connected(*_):
        client.subscribe(topic, qos=1)

    def subscribed(*_):
        print("ready", flush=True)

    def arrived(_client, _userdata, message):
        properties = message.properties if five else None
        print(
            json.dumps(
                {
                    "topic": message.topic,
                    "qos": message.qos,
                    "sha256": hashlib.sha256(message.payload).hexdigest(),
                    "contentType": getattr(properties, "ContentType", None),
                    "userProperties": dict(getattr(properties, "UserProperty", [])),
                }
            ),
            flush=True,
        )
        client.disconnect()

    client.on_connect, client.on_subscribe, client.on_message = connected, subscribed, arrived
    client.connect("127.0.0.1", port)
    client.loop_forever()


if action == "publish":
    publish(sys.argv[5], sys.argv[6:])
else:
    receive()
