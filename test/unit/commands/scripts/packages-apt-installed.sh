[ "$(dpkg-query -W -f '${db:Status-Status}' -- 'curl' 2> /dev/null)" = installed ] && [ "$(dpkg-query -W -f '${db:Status-Status}' -- 'libstdc++6' 2> /dev/null)" = installed ]
