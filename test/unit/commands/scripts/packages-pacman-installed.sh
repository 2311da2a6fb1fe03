pacman -T -- 'curl' 'libstdc++6' > /dev/null
