# Asks every question of a file of probes and adds the answers.
# Usage: python runner.py probes.jsonl answers.jsonl
# ADDRESS is your own model's, here one that speaks the chat API of many local servers.
import json, sys, urllib.request

ADDRESS, MODEL = "http://127.0.0.1:8000/v1/chat/completions", "local"


def ask(prompt):
    body = {"model": MODEL, "temperature": 0, "max_tokens": 256, "messages": [{"role": "user", "content": prompt}]}
    request = urllib.request.Request(ADDRESS, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=300) as reply:
        return json.load(reply)["choices"][0]["message"]["content"]


with open(sys.argv[1], encoding="utf-8") as probes, open(sys.argv[2], "w", encoding="utf-8") as answers:
    for line in probes:
        probe = json.loads(line)
        probe["response"] = ask(probe["prompt"])
        answers.write(json.dumps(probe, ensure_ascii=False) + "\n")
        answers.flush()
