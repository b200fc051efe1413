cat > pods.json <<'END'
{"kind":"List","items":[
 {"metadata":{"name":"web-1","namespace":"default","labels":{"app":"web"}},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"nginx:1.29"},{"name":"s","image":"busybox"}]},"status":{"phase":"Running","restarts":3}},
 {"metadata":{"name":"db-0","namespace":"data","labels":{"app":"db","tier":"back"}},"spec":{"nodeName":"n2","containers":[{"name":"c","image":"redis:8"}]},"status":{"phase":"Pending","restarts":0}},
 {"metadata":{"name":"web-2","namespace":"default"},"spec":{"containers":[]},"status":{"phase":"Running","restarts":1}}]}
END
jq .kind pods.json; jq -r '.items[].metadata.name' pods.json; jq -c '.items[0].metadata' pods.json; jq '.items | length' pods.json
jq -r '.items[] | select(.status.phase == "Running") | .metadata.name' pods.json
jq -r '.items[] | "\(.metadata.namespace)/\(.metadata.name): \(.spec.containers | length)"' pods.json
jq -c '[.items[] | {name: .metadata.name, images: [.spec.containers[].image]}]' pods.json
jq -c '.items | map(.status.restarts) | add, max, min' pods.json; jq -c '.items | group_by(.metadata.namespace) | map({ns: .[0].metadata.namespace, n: length})' pods.json
jq -r '.items | sort_by(.metadata.name) | .[].metadata.name' pods.json; jq -c '.items[0].metadata.labels | to_entries' pods.json; jq -c '.items[1].metadata.labels | keys' pods.json
jq -r '.items[] | [.metadata.name, .status.phase, .status.restarts] | @tsv' pods.json; jq -r '.items[] | [.metadata.name, .status.restarts] | @csv' pods.json
jq -r '.items[] | .spec.nodeName // "none"' pods.json; jq -c '[.items[] | .metadata.labels.app?]' pods.json; jq '.items[] | .metadata.labels | has("app")?' pods.json
jq -c 'del(.items[1:])' pods.json 2>/dev/null | head -c 0; jq -c 'del(.items[1], .kind) | .items | length' pods.json; jq -c '.items[0].status.restarts = 9 | .items[0].status' pods.json; jq -c '.items[0].metadata.labels.new = "x" | .items[0].metadata.labels' pods.json
jq -c '.items |= map(.metadata.name)' pods.json; jq -c '[.items[].status.restarts] | map(. * 2 + 1)' pods.json; jq -c '.items[0].spec.containers[1:]' pods.json; jq -c '.items[-1].metadata' pods.json
jq -n '1 + 2 * 3, 7 % 3, 10 / 4, "a" + "b", [1] + [2], {a: 1} + {b: 2}, ([1,2,3] - [2])' -c
jq -nc '[range(5)], [range(2; 5)], ([1,2,3] | map(select(. > 1))), ("a,b" | split(",")), (["x","y"] | join("-")), ("abc" | length, ascii_upcase), ([3,1,2] | sort, reverse), ([1,1,2] | unique)'
jq -nc '"web-7" | test("^web"), capture("(?<n>[a-z]+)-(?<i>\\d+)"), sub("web"; "app"), gsub("[a-z]"; "x"), ltrimstr("web-"), startswith("web")'
jq -nc 'if 1 < 2 then "yes" else "no" end, (null // 3), (try error("x") catch .), ([1,null,2] | map(values)), ({"a":[1,2]} | paths), ([[1,[2]],3] | flatten)'
jq -nc 'reduce range(5) as $i (0; . + $i), [foreach range(3) as $i (0; . + $i)], (def f(x): x * 2; f(21)), ([1,2] as $a | $a | length), ({a:1,b:2} | with_entries(.value += 1)), ("aGk=" | @base64d), ("hi" | @base64)'
jq -nc --arg n web --argjson c 3 '{name: $n, count: $c, ($n): true}'; echo '{"b":1,"a":{"d":2,"c":3}}' | jq -S .; echo '1 "x" [2]' | jq -c .; echo '[1,2]' | jq -s -c .; printf 'l1\nl2\n' | jq -R .; echo '{"a":null}' | jq -e .a; echo $?; echo '{"a":1}' | jq -j .a; echo
echo '[]' | jq '.[] | .x'; echo '{"a":1}' | jq '.a.b' 2>/dev/null; echo $?; jq '.[' pods.json 2>/dev/null; echo $?; jq . nothere 2>/dev/null; echo $?; echo '{}' | jq 'nope' 2>/dev/null; echo $?; echo null | jq '.a.b.c, .[0]'; echo '"x"' | jq '.[0]' 2>&1; echo '{"a":[]}' | jq '.a[] , (.a | first)'
