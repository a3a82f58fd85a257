// Plays notes [start, beats, midi, token] and says which token sounds.
class Tune {
  constructor({ notes, tempo }, sounding, ended) {
    const beat = 60 / tempo
    const sound = new AudioContext()
    const volume = new GainNode(sound, { gain: 0.25 })
    volume.connect(sound.destination)
    const start = sound.currentTime + 0.1
    for (const [at, beats, midi] of notes) {
      const begin = start + at * beat
      const end = begin + beats * beat
      const tone = new OscillatorNode(sound, { type: "triangle", frequency: 440 * 2 ** ((midi - 69) / 12) })
      const envelope = new GainNode(sound, { gain: 0 })
      envelope.gain.setValueAtTime(0, begin)
      envelope.gain.linearRampToValueAtTime(1, begin + 0.02)
      envelope.gain.setTargetAtTime(0.4, begin + 0.02, 0.25)
      envelope.gain.setTargetAtTime(0, end - 0.06, 0.02)
      tone.connect(envelope).connect(volume)
      tone.start(begin)
      tone.stop(end + 0.05)
    }
    this.sound = sound
    const last = Math.max(...notes.map(([at, beats]) => at + beats))
    this.timer = setInterval(() => {
      const now = (sound.currentTime - start) / beat
      const note = notes.find(([at, beats]) => at <= now && now < at + beats)
      sounding(note ? note[3] : -1)
      if (now > last) ended()
    }, 30)
  }

  stop() {
    clearInterval(this.timer)
    this.sound.onstatechange = null
    this.sound.close()
  }
}
