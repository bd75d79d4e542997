#!/usr/bin/python3
"""A sink as a course would write it: paho-mqtt's callback stores each message with boto3 before it takes the next.

callback_sink.py PORT TOPIC BUCKET COUNT: subscribes with QoS 1, prints "ready", then "done" once COUNT messages are stored.
The store and the credentials are those of the environment.
"""
import os
import sys

import boto3
import paho.mqtt.client as mqtt
from botocore.config import Config

port, topic, bucket, count = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
s3 = boto3.client("s3", endpoint_url=os.environ["BENCH_ENDPOINT"], config=Config(s3={"addressing_style": "path"}))
stored = 0


def on_message(client, userdata, message):
    global stored
    s3.put_object(Bucket=bucket, Key=f"python/{stored}.jpg", Body=message.payload)
    stored += 1
    if stored == count:
        print("done", flush=True)


def on_subscribe(client, userdata, mid, granted_qos):
    print("ready", flush=True)


client = mqtt.Client(client_id="bench-python", clean_session=True)
client.on_message = on_message
client.on_subscribe = on_subscribe
client.on_connect = lambda *_: client.subscribe(topic, qos=1)
client.connect("127.0.0.1", port)
client.loop_forever()
