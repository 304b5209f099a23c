/** What went wrong with a form, read aloud at once. */
export const Alert = ({ children }: { children: React.ReactNode }) => (
  <p className="alert" role="alert">
    {children}
  </p>
)
