"""kill -9 under mixed load, again and again: what was acknowledged is there, nothing is half there.

`cargo xtask soak [KILLS]` does it for longer. Each worker has buckets of its own, so that it knows
what is in them: what was acknowledged, and what its last request, which got no answer, would have
made of it. One of the two has to be there.
"""

import collections
import hashlib
import json
import os
import random
import threading
import time

from support.clients import MIB, boto
from support.process import environment, run
from support.waiting import until

KILLS = int(os.environ.get("HALLPASS_SOAK_KILLS", "6"))
SEED = int(os.environ.get("HALLPASS_SOAK_SEED", "1"))
WORKERS, KEYS = 6, 6
SIZES = [0, 100, 4096, 8164, 8165, 60_000, 400_000]
PART = 5 * MIB
# Enough for each kind of request to be under way at some kill.
REQUESTS_BEFORE_KILL = (20, 200)
STARTS_WITHIN_SECONDS = 5
# A disk that others use, too, may take its time.
ENOUGH_WITHIN_SECONDS = 600


def body_of(seed, size):
    """Bytes that differ with the seed, from beginning to end."""
    block = hashlib.sha256(str(seed).encode()).digest() * 128
    return (block * (size // len(block) + 1))[:size]


def digest(body, metadata):
    return f"{len(body)} {hashlib.md5(body).hexdigest()} {metadata.get('seed')}"


class Worker(threading.Thread):
    """Sends one request after the other until one is not answered."""

    def __init__(self, client, number, slots, counts):
        super().__init__(daemon=True)
        self.client, self.slots, self.counts = client, slots, counts
        self.buckets = [f"soak-{number}", f"soak-{number}-other"]
        self.random = random.Random(f"{SEED} {number} {time.time_ns()}")
        self.pending, self.done, self.failed, self.upload = {}, 0, None, None

    def run(self):
        try:
            while True:
                self.turn()
        except Exception as error:  # the server was killed; what that left is checked after
            self.failed = error

    def turn(self):
        if self.buckets[0] not in self.slots:
            return self.create_bucket(self.buckets[0])
        acts = [self.put] * 8 + [self.copy] * 3 + [self.delete] * 3
        acts += [self.go_on_uploading] * 5 + [self.use_other_bucket] * 2
        return self.random.choice(acts)()

    def request(self, kind, changes, call, **parameters):
        """Sends one request; its changes are known to be so once it is answered."""
        self.pending = changes
        answer = call(**parameters)
        self.slots, self.pending = applied(self.slots, changes), {}
        self.done += 1
        self.counts[kind] += 1
        return answer

    def key(self):
        return f"k{self.random.randrange(KEYS)}"

    def content(self):
        """A body with its seed, as parameters and as a slot will show it."""
        seed, size = self.random.randrange(1 << 60), self.random.choice(SIZES)
        body, metadata = body_of(seed, size), {"seed": str(seed)}
        return {"Body": body, "Metadata": metadata}, digest(body, metadata)

    def create_bucket(self, name):
        self.request("bucket", {name: "bucket"}, self.client.create_bucket, Bucket=name)

    def put(self):
        (content, value), bucket, key = self.content(), self.buckets[0], self.key()
        kind = "overwrite" if f"{bucket}/{key}" in self.slots else "put"
        changes = {f"{bucket}/{key}": value}
        self.request(kind, changes, self.client.put_object, Bucket=bucket, Key=key, **content)

    def copy(self):
        bucket, to, seed = self.buckets[0], self.key(), str(self.random.randrange(1 << 60))
        sources = [slot for slot in self.slots if slot.startswith(f"{bucket}/")]
        if not sources:
            return
        source = self.random.choice(sources)
        value = self.slots[source].rsplit(" ", 1)[0] + f" {seed}"
        self.request(
            "copy",
            {f"{bucket}/{to}": value},
            self.client.copy_object,
            Bucket=bucket,
            Key=to,
            CopySource=source,
            Metadata={"seed": seed},
            MetadataDirective="REPLACE",
        )

    def delete(self):
        bucket, key = self.buckets[0], self.key()
        changes = {f"{bucket}/{key}": None}
        self.request("delete", changes, self.client.delete_object, Bucket=bucket, Key=key)

    def go_on_uploading(self):
        if self.upload is None:
            return self.begin_upload()
        upload, parts, seed = self.upload
        slot = f"{upload['Bucket']}?{upload['Key']}"
        if len(parts) < 2 and self.random.random() < 0.8:
            return self.put_part(1 + len(parts))
        self.upload = None
        if not parts or self.random.random() < 0.3:
            abort = self.client.abort_multipart_upload
            return self.request("abort", {slot: None}, abort, **upload)
        body = b"".join(body for body, _ in parts.values())
        value = digest(body, {"seed": seed})
        lines = [{"PartNumber": number, "ETag": tag} for number, (_, tag) in parts.items()]
        return self.request(
            "complete",
            {slot: None, f"{upload['Bucket']}/{upload['Key']}": value},
            self.client.complete_multipart_upload,
            MultipartUpload={"Parts": lines},
            **upload,
        )

    def begin_upload(self):
        bucket, key, seed = self.buckets[0], self.key(), str(self.random.randrange(1 << 60))
        answer = self.request(
            "upload",
            {f"{bucket}?{key}": ""},
            self.client.create_multipart_upload,
            Bucket=bucket,
            Key=key,
            Metadata={"seed": seed},
        )
        self.upload = {"Bucket": bucket, "Key": key, "UploadId": answer["UploadId"]}, {}, seed

    def put_part(self, number):
        upload, parts, _ = self.upload
        last = self.random.choice(SIZES)
        body = body_of(self.random.randrange(1 << 60), PART if number == 1 else last)
        tag = f'"{hashlib.md5(body).hexdigest()}"'
        shown = [f"{n} {tag}" for n, (_, tag) in parts.items()] + [f"{number} {tag}"]
        self.request(
            "part",
            {f"{upload['Bucket']}?{upload['Key']}": ", ".join(shown)},
            self.client.upload_part,
            PartNumber=number,
            Body=body,
            **upload,
        )
        parts[number] = body, tag

    def use_other_bucket(self):
        bucket, client = self.buckets[1], self.client
        if bucket not in self.slots:
            return self.create_bucket(bucket)
        if f"{bucket}/k" in self.slots:
            changes = {f"{bucket}/k": None}
            return self.request("delete", changes, client.delete_object, Bucket=bucket, Key="k")
        if self.random.random() < 0.5:
            content, value = self.content()
            changes = {f"{bucket}/k": value}
            return self.request(
                "put", changes, client.put_object, Bucket=bucket, Key="k", **content
            )
        return self.request("bucket", {bucket: None}, client.delete_bucket, Bucket=bucket)


def applied(slots, changes):
    return {slot: value for slot, value in (slots | changes).items() if value is not None}


def observe(client, buckets):
    """All that is in these buckets, a slot for each thing."""
    slots = {}
    there = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
    for bucket in there & set(buckets):
        slots[bucket] = "bucket"
        for entry in client.list_objects_v2(Bucket=bucket).get("Contents", []):
            got = client.get_object(Bucket=bucket, Key=entry["Key"])
            body = got["Body"].read()
            assert len(body) == entry["Size"]
            slots[f"{bucket}/{entry['Key']}"] = digest(body, got["Metadata"])
        for upload in client.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
            named = {"Bucket": bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
            parts = client.list_parts(**named).get("Parts", [])
            shown = [f"{part['PartNumber']} {part['ETag']}" for part in parts]
            slots[f"{bucket}?{upload['Key']}"] = ", ".join(shown)
    return slots


def settle(client, worker):
    """What a worker finds after the kill; an upload without its parts in mind is given up."""
    found = observe(client, worker.buckets)
    allowed = [worker.slots, applied(worker.slots, worker.pending)]
    assert found in allowed, (found, allowed)
    if worker.pending:
        worker.counts["unanswered, there" if found == allowed[1] else "unanswered, not there"] += 1
    for bucket in worker.buckets:
        if bucket in found:
            for upload in client.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
                named = {"Bucket": bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
                client.abort_multipart_upload(**named)
    return {slot: value for slot, value in found.items() if "?" not in slot}


def are_done(workers, enough):
    """Whether they have had so many answers; until they have, none of them may fail."""
    failed = [worker.failed for worker in workers if worker.failed]
    assert not failed, failed
    return sum(worker.done for worker in workers) >= enough


def assert_nothing_is_found(command, data):
    done = run("store", command, data, "--json", env=environment(data.parent))
    assert done.returncode == 0, done.stdout
    return json.loads(done.stdout.splitlines()[-1])


def test_soak_nothing_acknowledged_is_lost_at_any_kill(start, tmp_path):
    data, counts = tmp_path / "data", collections.Counter()
    chance, slowest = random.Random(SEED), 0
    slots = [{} for _ in range(WORKERS)]
    server = start()
    # Where it listens stays, and so does the client.
    client = boto(server)
    for kill in range(KILLS):
        workers = [Worker(client, number, slots[number], counts) for number in range(WORKERS)]
        for worker in workers:
            worker.start()
        enough = chance.randint(*REQUESTS_BEFORE_KILL)
        until(lambda: are_done(workers, enough), ENOUGH_WITHIN_SECONDS, "enough requests")
        server.kill()
        for worker in workers:
            worker.join(timeout=120)
            assert worker.failed is not None
        began = time.monotonic()
        server = start(listen=server.host)
        slowest = max(slowest, time.monotonic() - began)
        assert list((data / "staging").iterdir()) == []
        slots = [settle(client, worker) for worker in workers]
        assert_nothing_is_found("check", data)
        if kill % 50 == 49:
            print(f"\n{kill + 1} kills", flush=True)
    assert slowest < STARTS_WITHIN_SECONDS
    scrubbed = assert_nothing_is_found("scrub", data)
    figures = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    print(f"\n{KILLS} kills; {figures}; start in {slowest:.2f} s at most; scrubbed {scrubbed}")
