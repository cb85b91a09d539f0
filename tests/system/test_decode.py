#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`readout decode` as a technician and a script use it: every input, every format, every
exit status, and the whole corpus where there is one."""
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from harness import READOUT, ROOT, equal, main

CORPUS = os.environ.get("READOUT_CORPUS") or os.path.join(ROOT, "..", "shared", "corpus")
WRONG_AT_MOST = 0

WFH21 = ("685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00000C"
         "786817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD17"
         "0000000000000000027A2500027825004116")
WIRELESS = "1444B409466316140A077A9B0800000C1305000000"
BAD_SUM = WFH21[:-4] + "4216"
RECORDS = f'''AT^SCDATA="GET_OLDEST",5
^SCDATA: "AMS",1449585962,4,"MBUS",1,0,"","{WFH21}"
^SCDATA: "WMBUS",1449586020,5,-68,20,"{WIRELESS[2:]}"
^SCDATA: "AMS",1463246887,48962,"IEC62056-21",1,0,"ZE310.iv30_012","F.F(000000)
C.1.0(04869551)
1.8.1(0000002.7#kWh)
0.3.3(000250.00*i\\kWh)
1.6.1*03(0.042*kW)(1404011215)
"
^SCDATA: "AMS",1461340261,12091,"AIN_DIN",1,0,"","131"
OK
'''


def decode(*arguments, text=""):
    return subprocess.run([READOUT, "decode", *arguments], input=text, text=True,
                          capture_output=True, timeout=120, check=False)


def objects(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def corpus(name):
    path = os.path.join(CORPUS, name)
    return path if os.path.exists(path) else None


def explained(text):
    """The bytes that an explanation shows, in hex; insists on offsets without gaps."""
    shown = ""
    for line in text.splitlines():
        row = re.match(r" *(\d+)  ((?:[0-9A-F]{2} )*[0-9A-F]{2})", line[:30])
        if row:
            equal(int(row[1]), len(shown) // 2, f"offset of {line}")
            shown += row[2].replace(" ", "")
    return shown


def test_check():
    """every telegram of the corpus passes check.py"""
    if not corpus("check.py"):
        return
    done = decode("--format", "jsonl", corpus("frames.jsonl"))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write(done.stdout)
        file.flush()
        check = subprocess.run([sys.executable, corpus("check.py"), file.name], text=True,
                               capture_output=True, check=False)
    last = check.stdout.splitlines()[-1]
    wrong = sum(int(n) for n in re.findall(r"'frames (?:wrong|missing)': (\d+)", last))
    equal(wrong <= WRONG_AT_MOST, True, check.stdout)


def test_corpus_formats():
    """whatever the corpus holds, XML parses, CSV is square and JSON has a line each"""
    if not corpus("frames.jsonl"):
        return
    frames = corpus("frames.jsonl")
    with open(frames, encoding="utf-8") as file:
        count = sum(1 for line in file if line.strip())
    records = sum(len(o["records"]) for o in objects(decode("--format", "json", frames)))
    rows = list(csv.reader(io.StringIO(decode("--format", "csv", frames).stdout,
                                       newline="")))
    equal(len(objects(decode("--format", "jsonl", frames))), count, "objects")
    equal({len(row) for row in rows}, {len(rows[0])}, "columns")
    equal(len(rows) - 1, records, "rows")
    for options in ((), ("--normalized",)):
        document = ElementTree.fromstring(
            decode("--format", "xml", *options, frames).stdout.encode())
        equal(len(list(document.iter("DataRecord"))), records, "DataRecord")


def test_corpus_explain():
    """explain shows every byte of every wired telegram once, in order"""
    if not corpus("frames.jsonl"):
        return
    with open(corpus("frames.jsonl"), encoding="utf-8") as file:
        frames = [json.loads(line) for line in file]
    blocks = decode("--format", "explain", corpus("frames.jsonl")).stdout.split("\n\n")
    equal(len(blocks), len(frames), "explanations")
    for frame, block in zip(frames, blocks):
        if frame["kind"] == "wired":
            equal(explained(block), frame["hex"].upper(), frame["id"])
        else:
            explained(block)


def test_explain():
    """explain names frame, header, DIF, VIF and data of a telegram"""
    done = decode("--format", "explain", WFH21)
    equal(explained(done.stdout), WFH21, "bytes")
    for row in ("    7  68 17 03 08              identification",
                "   19  0C                       DIF: 8 digit BCD, instantaneous",
                "   20  13                       VIF: volume in m3, times 10^-3",
                "   21  91 18 00 00              volume: 1.891 m3",
                "   58  05                       LVAR:", "   98  41                       checksum"):
        equal(row in done.stdout, True, row + "\n" + done.stdout)
    equal(explained(decode("--format", "explain", WIRELESS).stdout), WIRELESS, "wireless")


def test_xml():
    """one telegram is libmbus' MBusData document, with its unit texts"""
    done = decode("--format", "xml", WFH21)
    equal(done.returncode, 0, "status")
    document = ElementTree.fromstring(done.stdout.encode())
    equal(document.tag, "MBusData", "root")
    slave = {child.tag: child.text for child in document.find("SlaveInformation")}
    equal(slave, {"Id": "08031768", "Manufacturer": "LSE", "Version": "153",
                  "ProductName": "Siemens WFH21", "Medium": "warm water",
                  "AccessNumber": "142", "Status": "00", "Signature": "0000"}, "slave")
    first = document.find("DataRecord[@id='0']")
    record = {child.tag: child.text for child in first}
    del record["Timestamp"]
    equal(record, {"Function": "Instantaneous value", "StorageNumber": "0",
                   "Unit": "Volume (m m^3)", "Value": "1891"}, "record 0")
    hours = document.find("DataRecord[@id='1']")
    equal((hours.find("Unit").text, hours.find("Value").text), ("On time (hours)", "40473"),
          "record 1")
    scaled = ElementTree.fromstring(
        decode("--format=xml", "--normalized", WFH21).stdout.encode())
    equal([scaled.find("DataRecord").find(tag).text for tag in ("Unit", "Quantity", "Value")],
          ["m^3", "Volume", "1.891"], "normalized")
    two = ElementTree.fromstring(decode("--format", "xml", WFH21, WFH21).stdout.encode())
    equal((two.tag, len(two.findall("MBusData"))), ("MBusDataList", 2), "two telegrams")


def test_records_of_a_terminal():
    """^SCDATA lines copied from a terminal program are decoded, whatever they hold"""
    done = decode("--format", "json", text=RECORDS)
    equal((done.returncode, done.stderr), (0, "readout decode: 4 telegrams, 4 decoded\n"),
          "status")
    wired, wireless, block, counter = objects(done)
    equal(wired["records"][0]["value"], 1.891, "wired")
    equal((wireless["id"], wireless["rssi_dbm"], wireless["records"][0]["value"]),
          ("14166346", -68, 0.005), "wireless")
    equal([(r["obis"], r["value"], r["unit"], r["storage"]) for r in block["records"]],
          [("F.F", "000000", "", 0), ("C.1.0", "04869551", "", 0), ("1.8.1", 2700, "Wh", 0),
           ("0.3.3", 250.0, "i/kWh", 0), ("1.6.1*03", 42, "W", 3),
           ("1.6.1*03", "2014-04-01T12:15:00", "", 3)], "block")
    equal((block["device"], counter["records"][0]["value"]), ("ZE310.iv30_012", 131), "others")


def test_failed_read():
    """a failed read is told in words and is exit status 1"""
    done = decode('^SCDATA: "AMS",1449585962,4,"MBUS",1,131082,"",""')
    equal(done.returncode, 1, "status")
    equal("timeout waiting for the REQ_UD2 answer" in done.stderr, True, done.stderr)


def test_json_lines():
    """JSON lines bring id, kind, hex and key, and come back with the id"""
    lines = [{"id": "a", "kind": "wired", "hex": WFH21}, {"id": "b", "hex": WIRELESS},
             {"id": "c", "kind": "wired", "hex": BAD_SUM, "key": "no key"}, {"id": "d"}]
    done = decode("--format", "jsonl", text="\n".join(map(json.dumps, lines)))
    equal([(o["id"], o["kind"], o["status"]) for o in objects(done)],
          [("a", "wired", "ok"), ("b", "wmbus", "ok"), ("c", "wired", "malformed"),
           ("d", "unknown", "malformed")], "objects")
    equal(done.returncode, 1, "status")
    for complaint in ("line 3 of standard input: c: telegram malformed: checksum wrong",
                      "key is no string of 32 hex digits", 'has no string "hex"'):
        equal(complaint in done.stderr, True, done.stderr)


def test_bad_lines():
    """one bad line does not stop the others, and decides the exit status"""
    text = f"# comment\n\n{WFH21}\nnonsense\n{BAD_SUM}\n^SCDATA: \"AMS\",1,\"x\n{WIRELESS}\n"
    done = decode("--format", "csv", text=text)
    rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
    equal([row["value"] for row in rows if row["quantity"] == "volume"],
          ["1.891", "1.874", "0.005"], "values")
    equal(done.returncode, 1, "status")
    equal("line 4 of standard input" in done.stderr, True, done.stderr)
    equal("5 telegrams, 2 decoded" in done.stderr, True, done.stderr)


def test_files():
    """files are read by name, and a missing one is said"""
    with tempfile.NamedTemporaryFile("w", suffix=".hex") as file:
        file.write(f"{WFH21}\n{WFH21}\n")
        file.flush()
        done = decode(file.name)
        equal((done.returncode, done.stdout.count("1.891")), (0, 2), "two telegrams")
    equal(decode("no/such/file").returncode, 1, "a missing file")
    equal(decode(text="").returncode, 1, "nothing at all")
    equal(decode("--format", "yaml", WFH21).returncode, 2, "an unknown format")


if __name__ == "__main__":
    main(globals())
