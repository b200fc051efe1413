# Values that are not told are those of the last revision that helm called deployed.
helm upgrade board drydock/nginx --wait --timeout 1m
